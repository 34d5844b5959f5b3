/** How many texts go on a page. */
const ROOM = 128;

/**
 * Gathers many texts that were joined from small pieces. A page of them becomes one flat string, of which they are
 * slices; so the pieces are garbage soon, and the collector need not carry them along. Measured on a million IPv6
 * texts: 4 times as fast as keeping each as it was joined. A page that never fills is not worth it.
 */
export class Page {
  private readonly joined: string[] = [];

  /** @param texts - where the texts go, a page at a time */
  constructor(private readonly texts: string[]) {}

  /** Adds a text. */
  add(text: string): void {
    if (this.joined.push(text) < ROOM) return;
    const page = this.joined.join('');
    let start = 0;
    for (const { length } of this.joined) this.texts.push(page.slice(start, (start += length)));
    this.joined.length = 0;
  }

  /** Hands over what is on the last page. */
  finish(): void {
    this.texts.push(...this.joined);
    this.joined.length = 0;
  }
}
