// What the platform uses of the modules that QuickJS brings along, as of its version 2025-04-26. There, a number below
// zero is an error's number.

declare module 'native' {
  /** A program that was started: its number, and our ends of the pipes that are its standard input and outputs. */
  export type Spawned = readonly [id: number, stdin: number, stdout: number, stderr: number];
  /** Starts a program found on PATH, which will be given about so many bytes to read. It inherits no other descriptor. */
  export function spawn(words: readonly string[], input: number): Spawned | number;
  /** Writes a text as UTF-8 from a byte on: answers how many bytes were taken at once, 0 at the end of the text. */
  export function write(descriptor: number, text: string, from: number): number;
  /** The text of the first bytes; undefined unless all of them are ASCII. */
  export function ascii(buffer: ArrayBufferLike, length: number): string | undefined;
  /** Listens on an IPv4 or IPv6 address. The socket waits for nothing, nor do those of who connects. */
  export function listen(address: string, port: number): number;
  /** The socket of somebody who connected. */
  export function accept(listener: number): number;
  /** FNV-1a with 64 bits over the UTF-8 of a text, in hexadecimal digits. */
  export function digest(text: string): string;
  /** Gives memory back that is free. */
  export function release(): void;
  export function endWithin(milliseconds: number, code: number): void;
}

declare module 'std' {
  export function getenv(name: string): string | undefined;
  export function setenv(name: string, value: string): void;
  export function exit(code: number): never;
}

declare module 'os' {
  export const O_RDONLY: number;
  export const O_WRONLY: number;
  export const O_CREAT: number;
  export const O_EXCL: number;
  export const S_IFMT: number;
  export const S_IFDIR: number;
  export const S_IFREG: number;
  export const SIGCHLD: number;
  export const SIGINT: number;
  export const SIGPIPE: number;
  export const SIGTERM: number;
  export const WNOHANG: number;

  /** What `stat` tells; times are in milliseconds. */
  export interface Status {
    readonly dev: number;
    readonly ino: number;
    readonly mode: number;
    readonly size: number;
    readonly mtime: number;
    readonly ctime: number;
  }
  /** A timer, for `clearTimeout`. */
  export interface Timer {
    readonly timer: unique symbol;
  }

  export function open(path: string, flags: number, mode?: number): number;
  export function close(descriptor: number): number;
  export function read(descriptor: number, buffer: ArrayBufferLike, offset: number, length: number): number;
  export function setReadHandler(descriptor: number, call: (() => void) | null): void;
  export function setWriteHandler(descriptor: number, call: (() => void) | null): void;
  export function stat(path: string): [status: Status | null, error: number];
  export function lstat(path: string): [status: Status | null, error: number];
  export function realpath(path: string): [path: string, error: number];
  export function rename(from: string, to: string): number;
  /** Times in milliseconds. */
  export function utimes(path: string, access: number, change: number): number;
  export function getpid(): number;
  export function remove(path: string): number;
  export function mkdir(path: string, mode?: number): number;
  export function waitpid(id: number, options: number): [id: number, status: number];
  export function kill(id: number, signal: number): number;
  export function signal(signal: number, call: (() => void) | null): void;
  export function setTimeout(call: () => void, milliseconds: number): Timer;
  export function clearTimeout(timer: Timer): void;
  export function sleep(milliseconds: number): number;
  /** Milliseconds of a clock that never jumps. */
  export function now(): number;
}

/** The program's name and the words behind it. */
declare const scriptArgs: readonly string[];

interface String {
  /** Half surrogate pairs become U+FFFD. */
  toWellFormed(): string;
}
