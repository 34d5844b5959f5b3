/**
 * All that the agent asks of the machine. Nothing outside of this folder knows which runtime it is on: `node.ts` and
 * `quickjs.ts` do the same things in the same way, and one suite of tests holds both to it.
 */
export interface Platform {
  /** The words behind the program's name. */
  readonly args: readonly string[];
  /** The process's number. */
  readonly pid: number;
  /** An environment variable; undefined when it is not set. */
  env(name: string): string | undefined;
  /** Milliseconds since 1970, of a clock that may jump. */
  now(): number;
  /** Milliseconds since the machine started, of a clock that never jumps and is the same for all of its programs. */
  monotonic(): number;

  /** Reads a whole file as UTF-8, unless it has more bytes than `limit`. Reads files of /proc and ConfigMaps alike. */
  readFile(path: string, limit: number): ReadFile;
  /** Reads standard input to its end, in the same way. */
  readInput(limit: number): ReadFile;
  /**
   * What tells a file apart from another at the same path, and from itself before a change: it follows symbolic links,
   * so that it changes when a ConfigMap's `..data` is swapped. Undefined where there is no file.
   */
  fileStamp(path: string): string | undefined;
  /**
   * Replaces a file: written aside (`PATH.new`), then renamed, so that nobody reads half of it and a full disk spares
   * the old one. QuickJS cannot sync a file: after a power cut it may be the old one, or empty.
   */
  writeFile(path: string, text: string, mode?: number): IoFault | undefined;
  /** Sets a file's time of change, in milliseconds since 1970: no room on the disk is needed for that. */
  touch(path: string, time: number): IoFault | undefined;
  /** When a file was changed last, in milliseconds since 1970; undefined where there is no file. */
  modified(path: string): number | undefined;
  /** Removes a file; one that is not there is no fault. */
  removeFile(path: string): IoFault | undefined;
  /** Makes a folder and those above it; one that is there is no fault. */
  makeFolder(path: string): IoFault | undefined;

  /**
   * Runs a program found on PATH, without a shell. Its output is read while its input is written; what of it is no UTF-8
   * comes out as U+FFFD. It is killed when it takes longer than `timeout`, or writes more than `limit`; its outputs count
   * as open while any program that it started holds them. It has no home folder, where it could keep a history.
   */
  run(command: readonly string[], options: RunOptions): Promise<RunResult>;

  /**
   * Listens on an address and answers whoever connects, until the process ends. `answer` is called with all that somebody
   * wrote so far, each byte as one character, whenever more has come; once it gives an answer, that is written and the
   * connection ends. What goes beyond the limits ends without one. A call that throws ends the process.
   * @returns once it listens: nothing, else what is against it
   */
  serve(options: ServeOptions, answer: (written: string) => string | undefined): Promise<IoFault | undefined>;

  /** Calls back once, after so many milliseconds. The answer takes the call back. A call that throws ends the process. */
  after(milliseconds: number, call: () => void): () => void;
  /**
   * Calls back on each of these signals, also when the process has the number 1; in the place of the call that was to be
   * made until then. A call that throws ends the process.
   */
  onSignal(signal: Signal, call: () => void): void;
  /**
   * The process ends so many milliseconds after SIGTERM or SIGINT at the latest, even if it is too busy to call back. Counts
   * for signals that have a call. On Node it ends when it is no longer busy.
   */
  endWithin(milliseconds: number, code: number): void;

  /**
   * Writes to standard output or standard error at once. A closed pipe is no fault, nor is one that takes nothing for a
   * second: the text is lost.
   */
  print(to: 'out' | 'err', text: string): void;
  /**
   * A short name for a text: equal texts have equal names, different ones almost never. FNV-1a with 64 bits over its
   * UTF-8; not meant to withstand somebody who looks for two texts of one name.
   */
  digest(text: string): string;
  /** Gives memory back that is free now, where the runtime keeps it: after much was used that will not be used again. */
  releaseMemory(): void;
  /** Ends the process, whatever is under way, and the programs that it runs: none of them is to write rules later. */
  exit(code: number): never;
}

/** Signals that the agent knows. */
export type Signal = 'TERM' | 'INT' | 'HUP';

/** What went wrong with a file. */
export interface IoFault {
  /** The system's name of it, such as `ENOENT` or `ENOSPC`; `EFBIG` for a file beyond the limit. */
  readonly code: string;
}

/** A file's text, or why there is none. */
export type ReadFile =
  | { readonly ok: true; readonly text: string }
  | {
      readonly ok: false;
      /** `EILSEQ` for bytes that are no UTF-8. */
      readonly fault: IoFault;
    };

/** The home folder of programs that are run. */
export const NO_HOME = '/dev/null';

/** How many bytes a program may write to each of its outputs, unless it is said. */
export const OUTPUT_LIMIT = 64 * 1024 * 1024;

/** Where and how others are served. */
export interface ServeOptions {
  /** IPv4 or IPv6, without brackets. */
  readonly address: string;
  readonly port: number;
  /** Milliseconds that a connection may take. */
  readonly timeout: number;
  /** How many bytes are read of each. */
  readonly limit: number;
  /** How many connections there may be at once; for one more, the one ends that has asked for nothing for longest. */
  readonly connections: number;
}

/** How a program is run. */
export interface RunOptions {
  /** What it reads. @default nothing */
  readonly input?: string;
  /** Milliseconds until it is killed. */
  readonly timeout: number;
  /** How many bytes it may write to each of its outputs. @default 64 Mi */
  readonly limit?: number;
}

/** How a program ended. */
export type RunResult =
  | { readonly kind: 'exited'; readonly code: number; readonly out: string; readonly err: string }
  | { readonly kind: 'signalled'; readonly signal: number; readonly out: string; readonly err: string }
  | { readonly kind: 'timeout' | 'too-much' }
  | {
      /** There is no such program, or it cannot be run. */
      readonly kind: 'missing';
      readonly code: string;
    };
