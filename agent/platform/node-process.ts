import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, constants as files, openSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import { NO_HOME, OUTPUT_LIMIT, type RunOptions, type RunResult } from './platform';

const running = new Set<ChildProcess>();

/** Ends every program that was started by {@link run} and still runs. */
export function killAll(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** Runs a program; see `Platform.run`. */
export function run(command: readonly string[], options: RunOptions): Promise<RunResult> {
  const [name = '', ...args] = command;
  if (name === '') return Promise.resolve({ kind: 'missing', code: 'ENOENT' });
  return new Promise(resolve => {
    const { input = '', timeout, limit = OUTPUT_LIMIT } = options;
    const file = inputFile(input);
    const child = spawn(name, args, { stdio: [file, 'pipe', 'pipe'], env: { ...process.env, HOME: NO_HOME } });
    closeSync(file);
    running.add(child);
    const streams = [child.stdout!, child.stderr!];
    const deadline = setTimeout(() => kill('timeout'), timeout);
    const outputs = streams.map(stream => collect(stream, limit, () => kill('too-much')));
    const kill = (kind: 'timeout' | 'too-much'): void => {
      child.kill('SIGKILL');
      finish({ kind });
    };
    const finish = (result: RunResult): void => {
      clearTimeout(deadline);
      letGo(child);
      resolve(result);
    };
    child.on('error', (error: NodeJS.ErrnoException) => finish({ kind: 'missing', code: error.code ?? 'EIO' }));
    child.on('close', (code, signal) => {
      running.delete(child);
      const [out, err] = outputs.map(text => text()) as [string, string];
      finish(
        signal === null
          ? { kind: 'exited', code: code ?? 0, out, err }
          : { kind: 'signalled', signal: constants.signals[signal], out, err },
      );
    });
  });
}

/** Where files are in memory. */
const MEMORY = '/dev/shm';

/**
 * A file without a name that has the text. Node would give programs a socket, and `nft -j -f -` opens `/dev/stdin`, which
 * the kernel refuses for sockets.
 */
function inputFile(text: string): number {
  if (text === '') return openSync('/dev/null', 'r');
  // O_TMPFILE, which Node has no name for.
  const file = openSync(MEMORY, files.O_RDWR | 0o20200000, 0o600);
  writeFileSync(file, text);
  // Read from its beginning.
  const input = openSync(`/proc/self/fd/${file}`, 'r');
  closeSync(file);
  return input;
}

/** What a stream has given so far, as text; `excess` is called when it is more than the limit. */
function collect(stream: Readable, limit: number, excess: () => void): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > limit) excess();
    else chunks.push(chunk);
  });
  return () => new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.concat(chunks));
}

function letGo(child: ChildProcess): void {
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.unref();
}
