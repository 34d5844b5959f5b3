import { createServer, type Socket } from 'node:net';
import type { IoFault, ServeOptions } from './platform';

/** Calls something, and ends the process when it throws. */
type Guard = (call: () => void) => void;
type Answer = (written: string) => string | undefined;

/** Answers whoever connects; see `Platform.serve`. */
export function serve(options: ServeOptions, answer: Answer, guard: Guard): Promise<IoFault | undefined> {
  const { address: host, port, connections } = options;
  const waiting: Socket[] = [];
  let open = 0;
  const begin = (socket: Socket): void => {
    open++;
    converse(socket, options, answer, guard);
    socket.once('close', () => {
      open--;
      let next = waiting.shift();
      while (next?.destroyed) next = waiting.shift();
      if (next) begin(next);
    });
  };
  const server = createServer({ pauseOnConnect: true }, socket => {
    socket.on('error', () => socket.destroy());
    if (open < connections) begin(socket);
    else waiting.push(socket);
  });
  return new Promise(resolve => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve({ code: error.code ?? 'EIO' }));
    server.listen({ host, port }, () => resolve(undefined));
  });
}

function converse(socket: Socket, { timeout, limit }: ServeOptions, answer: Answer, guard: Guard): void {
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
    socket.off('data', read);
    socket.end(text, () => socket.destroy());
  };
  socket.on('data', bytes => guard(() => read(bytes)));
  socket.once('end', () => socket.destroy());
  socket.resume();
}
