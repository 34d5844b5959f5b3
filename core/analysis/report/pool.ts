/** Things that are kept once however often they occur, and go by their number. */
export class Pool<T> {
  private readonly numbers = new Map<string, number>();
  private readonly list: T[] = [];

  /** The number of a thing. */
  numberOf(thing: T): number {
    const key = typeof thing === 'string' ? thing : JSON.stringify(thing);
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    this.numbers.set(key, this.list.length);
    this.list.push(thing);
    return this.list.length - 1;
  }

  /** The things, by their numbers. */
  get things(): readonly T[] {
    return this.list;
  }
}
