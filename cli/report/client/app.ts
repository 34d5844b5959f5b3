import { address, parseAddress } from '../../../core/address';
import { unpack } from '../../../core/analysis/report/pack';
import type { Place } from '../place';
import { Choice, type Data } from './choice';
import { Display } from './display';
import { byId } from './dom';
import { makeLinks } from './links';
import { PlaceKeeper } from './location';
import { Search } from './search';
import { driveTheme } from './theme';

/** A report's page in the browser: what is chosen, what is shown of it, what is searched for, and the page's address. */
export class App {
  private readonly choice: Choice;
  private readonly display: Display;
  private readonly search: Search;
  private readonly address = new PlaceKeeper(
    () => ({ ...this.choice.place, at: this.display.seen, ask: this.search.asked }),
    place => this.goTo(place),
  );
  /** Whether a link of the page leads where it goes to next. */
  private isLed = false;

  constructor(data: Data) {
    const fleet = unpack(data.packed);
    for (const id of ['ask', 'map-app', 'filter-field']) byId(id).hidden = false;
    byId('map-still').hidden = true;
    this.choice = new Choice(fleet, data, isOther => this.show(isOther));
    this.display = new Display(this.choice, () => this.address.remember());
    this.search = new Search(fleet, this.choice, {
      choose: index => {
        this.choice.take(index);
        this.show(true);
      },
      reveal: block => this.display.reveal(block),
      follow: hash => this.follow(hash),
      asked: () => this.address.remember(),
    });
    makeLinks(document.body, hash => this.follow(hash));
    driveTheme(byId('theme'), () => this.display.redraw());
    this.drivePrint();
    this.address.read();
  }

  /** What the page tells of packets to an IPv4 address, as it is looked at; for the browser's console. */
  explain(text: string): string {
    return this.display.explain(address(text));
  }

  /** On paper everything is unfolded, and what is dark on the screen is light. */
  private drivePrint(): void {
    matchMedia('print').addEventListener('change', () => this.display.redraw(true));
    window.addEventListener('beforeprint', () => {
      for (const folded of document.querySelectorAll<HTMLDetailsElement>('details.pods, details.changed'))
        folded.open = true;
      this.display.redraw(true);
    });
  }

  private show(isOther: boolean): void {
    this.display.show();
    if (isOther) this.display.pointTo();
  }

  /** Goes to what the page's address tells; what it does not tell is as at first. */
  private goTo(place: Place): void {
    this.choice.goTo(place);
    this.display.reset();
    this.display.show();
    if (place.at !== undefined) this.display.showBlock(place.at);
    const to = parseAddress(place.to ?? '');
    if (to.ok && to.value.family === 4) this.display.pointTo(to.value);
    else if (place.at === undefined) this.display.pointTo();
    const isLed = this.isLed;
    this.isLed = false;
    byId<HTMLInputElement>('ask-input').value = place.ask ?? '';
    if (place.ask === undefined) this.search.forget();
    else this.search.ask(place.ask, { moves: place.at === undefined, told: () => isLed && comeTo(byId('answer')) });
    if (isLed && place.ask === undefined) comeTo(byId('map'));
  }

  /** Goes where a link of the page leads. */
  private follow(hash: string): void {
    this.isLed = true;
    if (hash === location.hash) this.address.read();
  }
}

/** Brings a part of the page into sight, for those who look and for those who listen. */
function comeTo(part: HTMLElement): void {
  part.focus({ preventScroll: true });
  (part.id === 'map' && !byId('controls').hidden ? byId('controls') : part).scrollIntoView();
}
