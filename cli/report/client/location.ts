import { type Place, placeOf, placeText } from '../place';
import { calmly } from './dom';

/** Writes the part of the address behind `#`; the browser's history does not grow. */
function write(place: Place): void {
  const text = placeText(place);
  try {
    history.replaceState(null, '', text === '' ? location.pathname + location.search : `#${text}`);
  } catch {
    // A page that was opened from within another one may have no address of its own.
  }
}

/** The page is still for so many milliseconds before its address is written. */
const STILL = 200;

/**
 * Keeps the page's address telling what is looked at. Whoever changes the address has the word: what was looked at until
 * then is not written over it, not even in the moment before the page hears of the change.
 */
export class PlaceKeeper {
  /** The address as it was read or written last. */
  private known = location.hash;
  private readonly writeSoon = calmly(STILL, () => this.writeNow());

  /**
   * @param here tells what is looked at
   * @param goTo goes to what somebody's address tells
   */
  constructor(
    private readonly here: () => Place,
    private readonly goTo: (place: Place) => void,
  ) {
    window.addEventListener('hashchange', () => this.read());
  }

  /** Whether the page shows anything yet. */
  private isShown = false;

  /** Goes to what the address tells; one that tells no place, as of a part of the page, is that of the whole at first. */
  read(): void {
    this.known = location.hash;
    const place = placeOf(location.hash.slice(1)) ?? (this.isShown ? undefined : {});
    this.isShown = true;
    if (place) this.goTo(place);
    else this.remember();
  }

  /** Writes the address, soon. */
  remember(): void {
    this.writeSoon();
  }

  private writeNow(): void {
    if (location.hash !== this.known) return;
    write(this.here());
    this.known = location.hash;
  }
}
