import type { Cidr } from '../../../core/address';
import type { ReportCluster, Unpacked } from '../../../core/analysis/report/pack';
import { html } from '../html';
import { sideOf, tonesOf } from '../look';
import { answer, hitsText, sizeText } from '../view/answer';
import { Ways } from '../view/everywhere';
import type { Choice } from './choice';
import { byId, fill } from './dom';
import { makeLinks } from './links';
import { type Destinations, largestBlock, type Meant, understand } from './question';

/** What a search asks of the page that it is on. */
export interface SearchPage {
  /** Shows another cluster. */
  readonly choose: (index: number) => void;
  /** Shows where a block is. */
  readonly reveal: (block: Cidr) => void;
  /** Goes where a link leads. */
  readonly follow: (hash: string) => void;
  /** Called when something else is asked. */
  readonly asked: () => void;
}

/** How a question is asked. */
export interface Asking {
  /** Whether the page shows where the destinations are. */
  readonly moves: boolean;
  /** Called when there is an answer. */
  readonly told?: () => void;
}

/** For so many milliseconds clusters are asked; then the page does what else there is to do. */
const SLICE = 16;
/** Every so many milliseconds it is told what is known so far. */
const NEWS = 250;

/** The field to ask in, and the answer. Clusters are asked one by one, and a newer question takes an older one's place. */
export class Search {
  /** What is asked; empty where nothing is, or nothing was found. */
  asked = '';
  private readonly input = byId<HTMLInputElement>('ask-input');
  private readonly answer = byId('answer');
  private newest = 0;

  constructor(
    private readonly fleet: Unpacked,
    private readonly choice: Choice,
    private readonly page: SearchPage,
  ) {
    byId('ask').addEventListener('submit', event => {
      event.preventDefault();
      this.ask(this.input.value);
    });
    this.input.addEventListener('input', () => this.refuse(''));
  }

  /** Asks a question, and takes away what was asked before. */
  ask(text: string, asking: Asking = { moves: true }): void {
    this.forget();
    const question = understand(text, this.fleet, this.choice.index);
    if (question.asks === 'nothing') this.refuse(question.message);
    else this.asked = text.trim();
    if (question.asks === 'cluster' && question.index !== this.choice.index) this.page.choose(question.index);
    if (question.asks === 'destinations') void this.askAll(question, asking);
    this.page.asked();
  }

  /** Takes away what was asked; a search that is not at its end has none. */
  forget(): void {
    this.newest++;
    this.asked = '';
    this.answer.hidden = true;
    this.progress('');
    this.refuse('');
  }

  /** Asks every cluster, the one that is looked at first: the first one that has an answer is told of in full. */
  private async askAll(question: Destinations, asking: Asking): Promise<void> {
    const search = this.newest;
    const { clusters, cluster } = this.fleet;
    const first = this.choice.index;
    const ways = new Ways(question.differs, question.none);
    let isTold = false;
    let [pause, news] = [performance.now() + SLICE, 0];
    for (const index of [first, ...[...clusters.keys()].filter(one => one !== first)]) {
      if (ways.asked > 0 && performance.now() > pause) {
        this.progress(`Searched ${ways.asked} of ${clusters.length} clusters\u2026`);
        if (isTold && performance.now() > news) {
          fill(this.everywhere, ways.soFar());
          news = performance.now() + NEWS;
        }
        await idle();
        if (search !== this.newest) return;
        pause = performance.now() + SLICE;
      }
      const one = cluster(index);
      const meant = question.find(one);
      const isOwn = !isTold && meant !== undefined;
      ways.add(one, meant?.sets, isOwn);
      if (!isOwn) continue;
      if (index !== first) this.page.choose(index);
      this.tell(one, meant, asking);
      isTold = true;
    }
    this.progress('');
    this.answer.removeAttribute('aria-busy');
    if (!isTold) {
      this.asked = '';
      this.refuse(question.unknown());
      this.page.asked();
    } else if (clusters.length > 1) {
      fill(this.everywhere, ways.told(this.asked));
      makeLinks(this.everywhere, this.page.follow);
    }
  }

  /** Tells of one cluster in full. */
  private tell(cluster: ReportCluster, { title, sets }: Meant, { moves, told }: Asking): void {
    const { before, after } = cluster;
    const sides = before && after ? [before, after] : [sideOf(cluster, this.choice.look)];
    const tones = tonesOf(cluster);
    const answers = sets.map(to => {
      const hits = hitsText(to, sides.at(-1));
      const each = sides.map((subject, i) =>
        answer(subject, tones, to, sides.length === 1 ? '' : i === 0 ? 'Before ' : 'After '),
      );
      return html`<p class="hint">${sizeText(to)}${hits !== '' && `; ${hits}`}</p><div class="sides">${each}</div>`;
    });
    // What is told of the other clusters comes bit by bit; those who listen hear it when it is whole.
    this.answer.setAttribute('aria-busy', 'true');
    fill(this.answer, html`<h2>Packets to ${title}</h2><div class="everywhere"></div>${answers}`);
    this.answer.hidden = false;
    if (moves) this.page.reveal(largestBlock(sets));
    told?.();
  }

  private get everywhere(): HTMLElement {
    return this.answer.querySelector<HTMLElement>('.everywhere')!;
  }

  private progress(text: string): void {
    byId('ask-progress').textContent = text;
  }

  /** Says what is wrong with the question, or that nothing is. */
  private refuse(message: string): void {
    byId('ask-error').textContent = message;
    if (message === '') this.input.removeAttribute('aria-invalid');
    else this.input.setAttribute('aria-invalid', 'true');
  }
}

/** Lets the page do what else there is to do: take keys, draw. */
function idle(): Promise<void> {
  return new Promise(done => setTimeout(done));
}
