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
  decode(buffer: ArrayBufferLike, bytes: number): string {
    if (bytes === 0) return '';
    os.write(this.ends[1], buffer, 0, bytes);
    return this.output.readAsString(bytes);
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

/** Text that is read from a descriptor, piece by piece. */
export class Reader {
  /** How many bytes have been read. */
  bytes = 0;
  private readonly buffer = new ArrayBuffer(PIPE_BYTES);
  private readonly pieces: string[] = [];
  private valid = true;
  /** Bytes at the buffer's start: a character of which the rest was not read yet. */
  private begun = 0;

  /** Reads once. The answer is how many bytes were read, 0 at the end, and below zero for an error. */
  read(descriptor: number): number {
    const count = os.read(descriptor, this.buffer, this.begun, PIPE_BYTES - this.begun);
    if (count > 0) this.take(count);
    return count;
  }

  /** All that was read, when nothing more comes. */
  end(): Decoded {
    this.decode(this.begun);
    this.begun = 0;
    return { text: this.pieces.join(''), valid: this.valid };
  }

  private take(count: number): void {
    this.bytes += count;
    const filled = new Uint8Array(this.buffer, 0, this.begun + count);
    const end = characterEnd(filled);
    this.decode(end);
    filled.copyWithin(0, end);
    this.begun = filled.length - end;
  }

  /** One unit for each byte, and no U+FFFD: it is ASCII. All else is looked at byte by byte. */
  private decode(length: number): void {
    const quick = transcoder.decode(this.buffer, length);
    const isAscii = quick.length === length && !quick.includes('\ufffd');
    const { text, valid } = isAscii ? { text: quick, valid: true } : decodeUtf8(new Uint8Array(this.buffer, 0, length));
    this.pieces.push(text);
    this.valid &&= valid;
  }
}
