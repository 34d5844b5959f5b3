import * as os from 'os';
import * as std from 'std';
import { characterEnd, type Decoded, decodeUtf8 } from './utf8';

/** How much a pipe takes at once, however few pages the kernel gives it. */
export const PIPE_BYTES = 4096;

/** So many UTF-16 units have no more than {@link PIPE_BYTES} bytes, at three each. */
const PIPE_UNITS = 1365;

/**
 * QuickJS turns bytes into text in one step, and back, only where it reads and writes streams. A pipe to ourselves is
 * such a stream: what is put into it is taken out at once.
 */
class Transcoder {
  private readonly ends = openPipe();
  private readonly input = std.fdopen(this.ends[1], 'w');
  private readonly output = std.fdopen(this.ends[0], 'r');

  /** Text of at most {@link PIPE_BYTES} bytes. What is no UTF-8 comes out as some U+FFFD. */
  decode(bytes: Uint8Array): string {
    if (bytes.length === 0) return '';
    os.write(this.ends[1], bytes.buffer, bytes.byteOffset, bytes.length);
    return this.output.readAsString(bytes.length);
  }

  /** Bytes of at most {@link PIPE_UNITS} units, put into a buffer with room for them. */
  encode(text: string, buffer: ArrayBufferLike, offset: number): number {
    this.input.puts(text);
    this.input.flush();
    return text === '' ? 0 : os.read(this.ends[0], buffer, offset, PIPE_BYTES);
  }
}

function openPipe(): [read: number, write: number] {
  const ends = os.pipe();
  if (ends === null) throw new Error('no pipe can be opened: too many files are open');
  return ends;
}

const transcoder = new Transcoder();

/** The bytes of a text as UTF-8; halves of surrogate pairs become U+FFFD. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  const whole = text.toWellFormed();
  let buffer = new Uint8Array(whole.length + PIPE_BYTES);
  let length = 0;
  for (let at = 0; at < whole.length; ) {
    const end = pairEnd(whole, Math.min(at + PIPE_UNITS, whole.length));
    if (buffer.length - length < PIPE_BYTES) buffer = grown(buffer);
    length += transcoder.encode(whole.slice(at, end), buffer.buffer, length);
    at = end;
  }
  return buffer.subarray(0, length);
}

/** An end of a piece of text that parts no surrogate pair. */
function pairEnd(text: string, end: number): number {
  const last = text.charCodeAt(end - 1);
  return end < text.length && last >= 0xd800 && last <= 0xdbff ? end - 1 : end;
}

function grown(buffer: Uint8Array): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(buffer.length * 2);
  larger.set(buffer);
  return larger;
}

/** What is read at once, by whichever reader. */
const window = new Uint8Array(64 * 1024);

/** Text that is read from a descriptor, piece by piece. */
export class Reader {
  /** How many bytes have been read. */
  bytes = 0;
  private readonly pieces: string[] = [];
  private valid = true;
  /** A character of which the rest was not read yet. */
  private begun = new Uint8Array();

  /** Reads once. The answer is how many bytes were read, 0 at the end, and below zero for an error. */
  read(descriptor: number): number {
    const start = this.begun.length;
    const count = os.read(descriptor, window.buffer, start, window.length - start);
    if (count <= 0) return count;
    this.bytes += count;
    window.set(this.begun);
    const filled = window.subarray(0, start + count);
    const end = characterEnd(filled);
    this.begun = filled.slice(end);
    this.decode(filled.subarray(0, end));
    return count;
  }

  /** All that was read, when nothing more comes. */
  end(): Decoded {
    this.decode(this.begun);
    this.begun = new Uint8Array();
    return { text: this.pieces.join(''), valid: this.valid };
  }

  private decode(bytes: Uint8Array): void {
    const { text, valid } = decodeAscii(bytes) ?? decodeUtf8(bytes);
    this.pieces.push(text);
    this.valid &&= valid;
  }
}

/** Undefined unless each byte comes out as one unit, and none as U+FFFD: only ASCII does. */
function decodeAscii(bytes: Uint8Array): Decoded | undefined {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += PIPE_BYTES) {
    const piece = bytes.subarray(at, at + PIPE_BYTES);
    const text = transcoder.decode(piece);
    if (text.length !== piece.length || text.includes('\ufffd')) return undefined;
    pieces.push(text);
  }
  return { text: pieces.join(''), valid: true };
}
