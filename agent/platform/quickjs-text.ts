import * as native from 'native';
import * as os from 'os';
import { characterEnd, type Decoded, decodeUtf8 } from './utf8';

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
    const text = start === 0 ? native.ascii(window.buffer, count) : undefined;
    if (text === undefined) this.decodeWhole(start + count);
    else this.pieces.push(text);
    return count;
  }

  /** All that was read, when nothing more comes. */
  end(): Decoded {
    if (this.begun.length > 0) this.decode(this.begun);
    this.begun = new Uint8Array();
    return { text: this.pieces.join(''), valid: this.valid };
  }

  /** Decodes up to the last character that is whole. */
  private decodeWhole(length: number): void {
    window.set(this.begun);
    const filled = window.subarray(0, length);
    const end = characterEnd(filled);
    this.begun = filled.slice(end);
    this.decode(filled.subarray(0, end));
  }

  private decode(bytes: Uint8Array): void {
    const { text, valid } = decodeUtf8(bytes);
    this.pieces.push(text);
    this.valid &&= valid;
  }
}
