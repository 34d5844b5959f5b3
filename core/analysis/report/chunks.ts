import type { Cidr, Family } from '../../address';
import { ByteReader, ByteWriter } from './bytes';

/** On average so many blocks make a chunk. */
const USUAL = 32;
/** So many are a chunk in any case. */
const MOST = 4 * USUAL;

/**
 * Lists of blocks, cut into chunks that are kept once. Where a chunk ends hangs on the blocks in it alone, so that lists
 * which differ in an entry share all the others: clusters of a fleet with each other, and both sides of a diff.
 */
export class ChunkWriter {
  private readonly chunks = new Map<string, number>();
  private readonly bytes = new ByteWriter();
  private readonly lengths: number[] = [];

  /** Writes to `out` which chunks make up a list. */
  write(cidrs: readonly Cidr[], out: ByteWriter): void {
    let chunk = new ByteWriter();
    let held = 0;
    for (const [i, cidr] of cidrs.entries()) {
      chunk.cidr(cidr);
      held++;
      if (held < MOST && i < cidrs.length - 1 && !endsChunk(cidr)) continue;
      out.unsigned(this.numberOf(chunk.finish()));
      chunk = new ByteWriter();
      held = 0;
    }
  }

  /** All chunks: their number, their lengths, and what they hold. */
  finish(): Uint8Array {
    const all = new ByteWriter();
    all.unsigned(this.lengths.length);
    for (const length of this.lengths) all.unsigned(length);
    all.append(this.bytes.finish());
    return all.finish();
  }

  private numberOf(chunk: Uint8Array): number {
    const key = chunk.join();
    const known = this.chunks.get(key);
    if (known !== undefined) return known;
    const number = this.lengths.length;
    this.chunks.set(key, number);
    this.lengths.push(chunk.length);
    this.bytes.append(chunk);
    return number;
  }
}

/** Reads lists that a {@link ChunkWriter} wrote. */
export class ChunkReader {
  private readonly starts: number[] = [];

  /** @param bytes - what holds the chunks, from their number on */
  constructor(private readonly bytes: Uint8Array) {
    const reader = new ByteReader(bytes);
    const lengths = Array.from({ length: reader.unsigned() }, () => reader.unsigned());
    let at = reader.at;
    for (const length of lengths) {
      this.starts.push(at);
      at += length;
    }
    this.starts.push(at);
  }

  /** Reads a list of so many blocks from the numbers of its chunks. */
  read(family: Family, count: number, numbers: ByteReader): Cidr[] {
    const cidrs: Cidr[] = [];
    while (cidrs.length < count) {
      const number = numbers.unsigned();
      const reader = new ByteReader(this.bytes, this.starts[number]);
      while (reader.at < this.starts[number + 1]!) cidrs.push(reader.cidr(family));
    }
    return cidrs;
  }
}

function endsChunk({ words, prefix }: Cidr): boolean {
  let hash = prefix;
  for (const word of words) hash = Math.imul(hash ^ word, 0x9e3779b1);
  return (hash >>> 16) % USUAL === 0;
}
