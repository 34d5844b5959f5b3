import { sortRecords } from './sort';
import { compareWords, copyWords, isBottom } from './words';

/**
 * Sweeps over sets, given as flips, from the bottom of the space to its top. Visits each address at which the first
 * set that holds it may change, with the index of that set; where none does, with the number of sets.
 * One sort of all flips and a heap of the sets that are open: O(n log n) for n flips, however many sets there are.
 */
export function sweepLayers(
  sets: readonly Uint32Array[],
  stride: number,
  visit: (words: Uint32Array, at: number, decider: number) => void,
): void {
  const size = stride + 1;
  const words = new Uint32Array(sets.reduce((length, flips) => length + (flips.length / stride) * size, 0));
  let end = 0;
  for (const [index, flips] of sets.entries()) {
    for (let at = 0; at < flips.length; at += stride, end += size) {
      copyWords(flips, at, words, end, stride);
      words[end + stride] = index;
    }
  }
  sortRecords(words, size, stride, end);
  const open = new OpenSets(sets.length);
  if (end === 0 || !isBottom(words, 0, stride)) visit(new Uint32Array(stride), 0, sets.length);
  for (let at = 0; at < end; ) {
    const first = at;
    do {
      open.toggle(words[at + stride]!);
      at += size;
    } while (at < end && compareWords(words, at, words, first, stride) === 0);
    visit(words, first, open.lowest());
  }
}

/** The sets that hold the current address: a binary heap of their indexes, from which closed ones drop out late. */
class OpenSets {
  private readonly isOpen: Uint8Array;
  private readonly isQueued: Uint8Array;
  private readonly heap: Uint32Array;
  private size = 0;

  constructor(private readonly count: number) {
    this.isOpen = new Uint8Array(count);
    this.isQueued = new Uint8Array(count);
    this.heap = new Uint32Array(count);
  }

  toggle(index: number): void {
    this.isOpen[index]! ^= 1;
    if (this.isOpen[index] === 0 || this.isQueued[index] === 1) return;
    this.isQueued[index] = 1;
    this.push(index);
  }

  /** The lowest open index, or the number of sets if none is open. */
  lowest(): number {
    while (this.size > 0) {
      const top = this.heap[0]!;
      if (this.isOpen[top] === 1) return top;
      this.isQueued[top] = 0;
      this.pop();
    }
    return this.count;
  }

  private push(index: number): void {
    const { heap } = this;
    let hole = this.size++;
    for (let parent = (hole - 1) >> 1; hole > 0 && heap[parent]! > index; parent = (hole - 1) >> 1) {
      heap[hole] = heap[parent]!;
      hole = parent;
    }
    heap[hole] = index;
  }

  private pop(): void {
    const { heap } = this;
    const moved = heap[--this.size]!;
    let hole = 0;
    for (let child = 1; child < this.size; child = 2 * hole + 1) {
      if (child + 1 < this.size && heap[child + 1]! < heap[child]!) child++;
      if (heap[child]! >= moved) break;
      heap[hole] = heap[child]!;
      hole = child;
    }
    heap[hole] = moved;
  }
}
