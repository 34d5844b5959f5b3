import { createServer, type Socket } from 'node:net';
import type { IoFault, ServeOptions } from './platform';

/** Calls something, and ends the process when it throws. */
type Guard = (call: () => void) => void;
type Answer = (written: string) => string | undefined;

/** Answers whoever connects; see `Platform.serve`. */
export function serve(options: ServeOptions, answer: Answer, guard: Guard): Promise<IoFault | undefined> {
  const { address: host, port, connections } = options;
  const waiting: Socket[] = [];
  const open = new Set<Conversation>();
  const begin = (socket: Socket): void => {
    const conversation = converse(socket, options, answer, guard);
    open.add(conversation);
    socket.once('close', () => {
      open.delete(conversation);
      let next = waiting.shift();
      while (next?.destroyed) next = waiting.shift();
      if (next) begin(next);
    });
  };
  const server = createServer({ pauseOnConnect: true }, socket => {
    socket.on('error', () => socket.destroy());
    if (open.size < connections) begin(socket);
    else {
      waiting.push(socket);
      // Who has asked for nothing for longest makes room, once what others have written is read.
      setImmediate(() => {
        if (open.size >= connections) [...open].find(({ isAnswered }) => !isAnswered)?.socket.destroy();
      });
    }
  });
  return new Promise(resolve => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve({ code: error.code ?? 'EIO' }));
    server.listen({ host, port }, () => resolve(undefined));
  });
}

/** Somebody who asks. */
interface Conversation {
  readonly socket: Socket;
  /** Whether he has asked, and is being told. */
  isAnswered: boolean;
}

function converse(socket: Socket, { timeout, limit }: ServeOptions, answer: Answer, guard: Guard): Conversation {
  const conversation = { socket, isAnswered: false };
  let written = '';
  const deadline = setTimeout(() => socket.destroy(), timeout);
  socket.once('close', () => clearTimeout(deadline));
  const read = (bytes: Buffer): void => {
    written += bytes.toString('latin1');
    if (written.length > limit) {
      socket.destroy();
      return;
    }
    const text = answer(written);
    if (text === undefined) return;
    conversation.isAnswered = true;
    socket.off('data', read);
    socket.end(text, () => socket.destroy());
  };
  socket.on('data', bytes => guard(() => read(bytes)));
  socket.once('end', () => socket.destroy());
  socket.resume();
  return conversation;
}
