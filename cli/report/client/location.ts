import { calmly } from './dom';

/** What of a page its address tells, so that a link leads to the same. */
export interface Place {
  readonly cluster?: string;
  readonly show?: string;
  readonly from?: string;
  readonly at?: string;
  readonly ask?: string;
}

/** Reads the part of the address behind `#`; undefined where it leads to a part of the page, and tells of no place. */
function readPlace(): Place | undefined {
  const text = location.hash.slice(1);
  if (text !== '' && !text.includes('=')) return undefined;
  return Object.fromEntries(new URLSearchParams(text));
}

/** Writes it; the browser's history does not grow. */
function writePlace(place: Written): void {
  const parts = Object.entries(place).flatMap(([key, value]) =>
    value === undefined || value === ''
      ? []
      : [`${key}=${encodeURIComponent(value).replace(/%(2F|3A|2C)/g, decodeURIComponent)}`],
  );
  try {
    history.replaceState(null, '', parts.length === 0 ? location.pathname + location.search : `#${parts.join('&')}`);
  } catch {
    // A page that was opened from within another one may have no address of its own.
  }
}

type Written = Readonly<Record<keyof Place, string | undefined>>;

/** The page is still for so many milliseconds before its address is written. */
const STILL = 200;

/**
 * Keeps the page's address telling what is looked at. Whoever changes the address has the word: what was looked at until
 * then is not written over it, not even in the moment before the page hears of the change.
 */
export class PlaceKeeper {
  /** The address as it was read or written last. */
  private known = location.hash;
  private readonly writeSoon = calmly(STILL, () => this.write());

  /**
   * @param here tells what is looked at
   * @param goTo goes to what somebody's address tells
   */
  constructor(
    private readonly here: () => Written,
    private readonly goTo: (place: Place) => void,
  ) {
    window.addEventListener('hashchange', () => this.read());
  }

  /** Goes to what the address tells. */
  read(): void {
    this.known = location.hash;
    const place = readPlace();
    if (place) this.goTo(place);
    else this.remember();
  }

  /** Writes the address, soon. */
  remember(): void {
    this.writeSoon();
  }

  private write(): void {
    if (location.hash !== this.known) return;
    writePlace(this.here());
    this.known = location.hash;
  }
}
