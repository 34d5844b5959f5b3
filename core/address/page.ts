/** So many texts are too few for the collector to carry them along more than once. */
const LOOSE = 2 ** 14;

/** How many texts go on a page. */
const ROOM = 128;

/**
 * Gathers many texts that were joined from small pieces. A page of them becomes one flat string, of which they are
 * slices; so the pieces are garbage soon, and the collector need not carry them along. Measured on a million IPv6
 * texts: 4 times as fast as keeping each as it was joined. The first ones, and a page that never fills, are not worth it.
 */
export class Page {
  private joined: string[] | undefined;

  /** @param texts - where the texts go, a page at a time */
  constructor(private readonly texts: string[]) {}

  /** Adds a text. */
  add(text: string): void {
    const { texts } = this;
    if (texts.length < LOOSE) {
      texts.push(text);
      return;
    }
    this.joined ??= [];
    if (this.joined.push(text) < ROOM) return;
    const page = this.joined.join('');
    let start = 0;
    for (const { length } of this.joined) texts.push(page.slice(start, (start += length)));
    this.joined = undefined;
  }

  /** Hands over what is on the last page. */
  finish(): void {
    if (this.joined) this.texts.push(...this.joined);
  }
}
