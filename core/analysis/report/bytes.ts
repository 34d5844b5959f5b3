import { type Cidr, type Family, WORDS } from '../../address';

/** Bytes that grow, with numbers written as short as they are. */
export class ByteWriter {
  private bytes = new Uint8Array(256);
  private used = 0;

  /** How many there are. */
  get length(): number {
    return this.used;
  }

  /** Writes a whole number from 0 to 2^32 - 1: seven bits a byte, the lowest first. */
  unsigned(value: number): void {
    let left = value;
    for (; left > 0x7f; left = Math.floor(left / 0x80)) this.byte((left & 0x7f) | 0x80);
    this.byte(left);
  }

  /** Writes a whole number between -2^31 and 2^31. */
  signed(value: number): void {
    this.unsigned(value < 0 ? -2 * value - 1 : 2 * value);
  }

  /** Writes a block: its prefix, and the bytes of its address that the prefix reaches. */
  cidr({ words, prefix }: Cidr): void {
    this.byte(prefix);
    for (let bit = 0; bit < prefix; bit += 8) this.byte((words[bit >> 5]! >>> (24 - (bit & 31))) & 0xff);
  }

  /** Writes all of some bytes. */
  append(more: Uint8Array): void {
    this.room(more.length);
    this.bytes.set(more, this.used);
    this.used += more.length;
  }

  /** What was written. */
  finish(): Uint8Array {
    return this.bytes.slice(0, this.used);
  }

  private byte(value: number): void {
    this.room(1);
    this.bytes[this.used++] = value;
  }

  private room(more: number): void {
    if (this.used + more <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.bytes.length, this.used + more));
    larger.set(this.bytes);
    this.bytes = larger;
  }
}

/** Reads what a {@link ByteWriter} wrote. */
export class ByteReader {
  /** @param at - where it begins to read */
  constructor(
    private readonly bytes: Uint8Array,
    public at = 0,
  ) {}

  /** Reads a number that {@link ByteWriter.unsigned} wrote. */
  unsigned(): number {
    let value = 0;
    for (let unit = 1; ; unit *= 0x80) {
      const byte = this.bytes[this.at++]!;
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return value;
    }
  }

  /** Reads a number that {@link ByteWriter.signed} wrote. */
  signed(): number {
    const value = this.unsigned();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }

  /** Reads a block of a family. */
  cidr(family: Family): Cidr {
    const prefix = this.bytes[this.at++]!;
    const words = new Uint32Array(WORDS[family]);
    for (let bit = 0; bit < prefix; bit += 8) words[bit >> 5]! |= this.bytes[this.at++]! << (24 - (bit & 31));
    return { family, words, prefix };
  }
}
