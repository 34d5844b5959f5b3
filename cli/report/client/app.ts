import { address, formatCidr, IntervalSet, parseAddress, parseCidr } from '../../../core/address';
import { closeUps } from '../../../core/analysis/report/close-ups';
import { type Packed, type ReportCluster, type Unpacked, unpack } from '../../../core/analysis/report/pack';
import { type Picture, pictureOf } from '../../../core/analysis/report/picture';
import { kindOf, podKinds } from '../../../core/analysis/report/pods';
import type { TreatmentMap } from '../../../core/treatment/map';
import type { Pod } from '../../../core/treatment/pod-classes';
import { podText } from '../../ask/words';
import { html } from '../html';
import { drawnPlaces, firstPod, type Look, sideOf, titleName, tonesFor, tonesOf, treeOf } from '../look';
import type { Place } from '../place';
import type { Tone } from '../tone';
import { answer, hitsText, sizeText } from '../view/answer';
import { everywhere } from '../view/everywhere';
import { legend } from '../view/legend';
import { kindText, ruleTables } from '../view/rules';
import { tree } from '../view/tree';
import { Combobox } from './combobox';
import { crumbs, looks } from './crumbs';
import { detailOf, type Looked, lookAt } from './detail';
import { byId, calmly, choose, chosenOf, fill } from './dom';
import { makeLinks } from './links';
import { PlaceKeeper } from './location';
import { MapView } from './map-view';
import { type Destinations, largestBlock, understand } from './question';
import { filterRows, makeSortable } from './tables';
import { driveTheme } from './theme';
import { driveTree, revealItem } from './tree-keys';

/** What a report's page carries. */
export interface Data {
  readonly packed: Packed;
  /** Whether two sides are compared. */
  readonly compares: boolean;
  /** The cluster that is shown at first. */
  readonly first: number;
}

/** So many rows of a table, and blocks of a tree, are put on the page. */
const ROWS = 2000;
/** So many blocks are named that are worth a closer look. */
const CLOSER = 8;
/** What can be looked at where two sides are compared. */
const LOOKS = ['changes', 'before', 'after'] as const;

/** A report's page in the browser: what is looked at, and the parts that show it. */
export class App {
  private readonly fleet: Unpacked;
  private readonly map: MapView;
  private readonly combobox: Combobox | undefined;
  private readonly address = new PlaceKeeper(
    () => this.place(),
    place => this.goTo(place),
  );
  private readonly say = calmly(300, () => {
    byId('map-live').textContent = this.said;
  });
  private index: number;
  private cluster!: ReportCluster;
  private kinds: readonly (Pod | undefined)[] = [undefined];
  private pod: Pod | undefined;
  private firstPod: Pod | undefined;
  /** Whether a link of the page leads where it goes to next. */
  private isLed = false;
  private look: Look;
  private looked!: Looked;
  private picture!: Picture<Tone>;
  private said = '';
  private asked = '';

  constructor(private readonly data: Data) {
    this.fleet = unpack(data.packed);
    this.index = data.first;
    this.look = data.compares ? 'changes' : 'after';
    this.map = new MapView(byId('map-frame'), byId<HTMLCanvasElement>('map-canvas'), {
      point: (word, still) => this.point(word, still),
      move: () => this.moved(),
    });
    const names = this.fleet.clusters.map(({ name }) => name);
    if (names.length > 1) {
      const parts = [byId<HTMLInputElement>('cluster'), byId('cluster-list'), byId('cluster-left')] as const;
      this.combobox = new Combobox(...parts, names, index => this.choose(index));
    }
    this.unfold();
    makeLinks(document.body, hash => this.follow(hash));
    this.wire();
    this.address.read();
  }

  /** What a script can do is shown when there is one. */
  private unfold(): void {
    for (const id of ['ask', 'map-app', 'filter-field']) byId(id).hidden = false;
    byId('controls').hidden = this.fleet.clusters.length === 1 && !this.data.compares && this.kindsOf(0).length === 1;
    byId('map-still').hidden = true;
  }

  private wire(): void {
    driveTheme(byId('theme'), () => this.map.redraw());
    document.getElementById('look')?.addEventListener('change', () => {
      this.look = chosenOf(byId('look')) as Look;
      this.show();
    });
    byId('pods').addEventListener('change', () => {
      this.pod = this.kinds[byId<HTMLSelectElement>('pods').selectedIndex];
      this.show();
    });
    byId('ask').addEventListener('submit', event => {
      event.preventDefault();
      this.ask(byId<HTMLInputElement>('ask-input').value);
    });
    byId('ask-input').addEventListener('input', () => this.forgive());
    byId('filter').addEventListener('input', () => this.filter());
    byId('zoom-in').addEventListener('click', () => this.map.zoom(2));
    byId('zoom-out').addEventListener('click', () => this.map.zoom(0.5));
    byId('zoom-all').addEventListener('click', () => this.map.reset());
    for (const id of ['crumbs', 'looks']) {
      byId(id).addEventListener('click', event => {
        const block = (event.target as HTMLElement).dataset.block;
        if (block !== undefined) this.showBlock(block);
      });
    }
    // What is dark on the screen is light on paper.
    matchMedia('print').addEventListener('change', () => this.map.draw());
    window.addEventListener('beforeprint', () => {
      for (const folded of document.querySelectorAll<HTMLDetailsElement>('details.pods')) folded.open = true;
      this.map.draw();
    });
  }

  /** Goes to what the page's address tells; what it does not tell is as at first. */
  private goTo(place: Place): void {
    const { data } = this;
    const index = this.fleet.clusters.findIndex(({ name }) => name === place.cluster);
    this.index = index >= 0 ? index : data.first;
    this.look = data.compares ? (LOOKS.find(one => one === place.show) ?? 'changes') : 'after';
    if (data.compares) choose(byId('look'), this.look);
    this.read();
    const from = Number(place.from);
    if (place.from !== undefined && from in this.kinds) this.pod = this.kinds[from];
    this.map.reset();
    this.show();
    if (place.at !== undefined) this.showBlock(place.at);
    const to = parseAddress(place.to ?? '');
    if (to.ok && to.value.family === 4) this.map.pointTo(to.value.words[0]!);
    else if (place.at === undefined) this.map.pointTo(this.firstApart());
    byId<HTMLInputElement>('ask-input').value = place.ask ?? '';
    if (place.ask !== undefined) this.ask(place.ask, place.at === undefined);
    else this.forget();
    if (this.isLed) this.comeTo(byId(place.ask === undefined ? 'map' : 'answer'));
    this.isLed = false;
  }

  /** Brings a part of the page into sight, for those who look and for those who listen. */
  private comeTo(part: HTMLElement): void {
    part.focus({ preventScroll: true });
    (part.id === 'map' && !byId('controls').hidden ? byId('controls') : part).scrollIntoView();
  }

  /** Goes where a link of the page leads. */
  private follow(hash: string): void {
    this.isLed = true;
    if (hash === location.hash) this.address.read();
  }

  /** The lowest address that is drawn apart from most: of which something changes, or that is treated otherwise. */
  private firstApart(): number {
    const { starts, labels } = this.picture;
    const at = labels.findIndex(label => label !== mostOf(this.picture));
    const [place] = at < 0 ? drawnPlaces(sideOf(this.cluster, this.look).places) : [];
    return place?.sets[4].first()?.words[0] ?? starts[Math.max(0, at)]!;
  }

  private choose(index: number): void {
    this.index = index;
    this.read();
    this.show();
    this.map.pointTo(this.firstApart());
  }

  private kindsOf(index: number): (Pod | undefined)[] {
    return podKinds(mapsOf(this.fleet.cluster(index)));
  }

  private read(): void {
    this.cluster = this.fleet.cluster(this.index);
    this.kinds = this.kindsOf(this.index);
    this.firstPod = this.kinds[kindOf(mapsOf(this.cluster), firstPod(this.cluster))];
    this.pod = this.firstPod;
    this.combobox?.set(this.index);
    byId('pods-field').hidden = this.kinds.length === 1;
    const options = this.kinds.map(pod => html`<option>${kindText(pod, this.kinds.length)}</option>`);
    fill(byId('pods'), html`${options}`);
  }

  /** Shows everything about the cluster, as it is looked at. */
  private show(): void {
    const { cluster, look, pod } = this;
    byId<HTMLSelectElement>('pods').selectedIndex = this.kinds.indexOf(pod);
    const partitions = tonesFor(cluster, look, pod);
    const subject = sideOf(cluster, look);
    this.looked = lookAt(cluster, look, pod, partitions[4]);
    this.picture = pictureOf(partitions[4]);
    const marks = closeUps(this.picture, CLOSER);
    const places = drawnPlaces(subject.places);
    this.map.show({ picture: this.picture, places, marks: look === 'changes' ? marks : [] });
    fill(byId('legend'), legend(partitions));
    fill(byId('looks'), html`${looks(marks)}`);
    fill(byId('tree'), tree(treeOf(cluster, look), ROWS));
    driveTree(document.querySelector<HTMLElement>('#tree [role=tree]')!);
    fill(byId('tables'), ruleTables(subject, tonesOf(cluster), ROWS, pod));
    makeSortable(byId('tables'));
    const side = this.data.compares ? (look === 'before' ? ', before' : ', after') : '';
    const whom = this.kinds.length === 1 ? '' : ` Packets from ${podText(pod)}.`;
    const name = titleName(cluster);
    byId('map-of').textContent = byId('controls').hidden
      ? ''
      : `${name}${look === 'changes' ? ', what changes' : side}.${whom}`;
    byId('rules-of').textContent = `${name}, by ${subject.as}${side}.`;
    this.filter();
    this.point(this.map.word, false);
    this.moved();
  }

  private filter(): void {
    const text = byId<HTMLInputElement>('filter').value;
    byId('filter-count').textContent = filterRows(byId('tables'), text);
  }

  /** Tells about an address. */
  private point(word: number, still: boolean): void {
    const at = { family: 4, words: Uint32Array.of(word) } as const;
    const { shown, said } = detailOf(this.looked, at);
    fill(byId('detail'), shown);
    this.said = said;
    if (!still) return;
    this.say();
    this.moved();
  }

  private moved(): void {
    fill(byId('crumbs'), crumbs(this.map.word, this.map.prefix));
    this.address.remember();
  }

  private showBlock(text: string): void {
    const parsed = parseCidr(text);
    if (parsed.ok && parsed.value.family === 4) this.map.showBlock(parsed.value);
  }

  private ask(text: string, moves = true): void {
    const question = understand(text, {
      names: this.fleet.clusters.map(({ name }) => name),
      at: this.index,
      cluster: index => this.fleet.cluster(index),
    });
    const isWrong = question.asks === 'nothing';
    byId('ask-error').textContent = isWrong ? question.message : '';
    byId('ask-input').toggleAttribute('aria-invalid', isWrong);
    byId('answer').hidden = question.asks !== 'addresses';
    this.asked = isWrong ? '' : text.trim();
    if (question.asks !== 'nothing' && question.index !== this.index) this.choose(question.index);
    if (question.asks === 'addresses') this.tell(question, moves);
    this.address.remember();
  }

  private tell({ title, find, named }: Destinations, moves: boolean): void {
    const { before, after } = this.cluster;
    const sides = this.data.compares && before && after ? [before, after] : [sideOf(this.cluster, this.look)];
    const tones = tonesOf(this.cluster);
    const sets = find(this.cluster);
    const told = sets.map(to => {
      const hits = hitsText(to, sides.at(-1));
      const answers = sides.map((subject, i) =>
        answer(subject, tones, to, sides.length === 1 ? '' : i === 0 ? 'Before ' : 'After '),
      );
      return html`<p class="hint">${sizeText(to)}${hits !== '' && `; ${hits}`}</p><div class="sides">${answers}</div>`;
    });
    const { clusters, cluster } = this.fleet;
    const all = everywhere({ count: clusters.length, cluster, at: this.index, find, named, asked: this.asked });
    fill(byId('answer'), html`<h2>Packets to <code>${title}</code></h2>${all}${told}`);
    makeLinks(byId('answer'), hash => this.follow(hash));
    if (!moves) return;
    const block = largestBlock(sets);
    if (block.family === 4) {
      this.map.showBlock({ ...block, prefix: Math.min(block.prefix, 26) });
      this.map.pointTo(block.words[0]!);
    } else this.revealBlock(IntervalSet.ofCidr(block));
  }

  /** Opens the tree of IPv6 where a block is. */
  private revealBlock(set: IntervalSet): void {
    const root = document.querySelector<HTMLElement>('#tree [role=tree]')!;
    const holds = (item: HTMLElement): boolean => {
      const parsed = parseCidr(item.dataset.block!);
      return parsed.ok && IntervalSet.ofCidr(parsed.value).containsSet(set);
    };
    const found = [...root.querySelectorAll<HTMLElement>('[role=treeitem]')].findLast(holds);
    if (found) revealItem(root, found);
  }

  /** Takes away what was asked. */
  private forget(): void {
    this.asked = '';
    byId('answer').hidden = true;
    this.forgive();
  }

  /** Takes away what was wrong with the question. */
  private forgive(): void {
    byId('ask-error').textContent = '';
    byId('ask-input').removeAttribute('aria-invalid');
  }

  /** What is looked at, as the page's address tells it: what is as at first is not told. */
  private place(): Place {
    const { map, look, data } = this;
    const words = Uint32Array.of(map.word & (map.prefix === 0 ? 0 : 0xffffffff << (32 - map.prefix)));
    return {
      cluster: this.index === data.first ? undefined : this.cluster.name,
      show: look === (data.compares ? 'changes' : 'after') ? undefined : look,
      from: this.pod === this.firstPod ? undefined : String(this.kinds.indexOf(this.pod)),
      at: map.prefix === 0 ? undefined : formatCidr({ family: 4, words, prefix: map.prefix }),
      ask: this.asked,
    };
  }

  /** What the page tells of packets to an IPv4 address, as it is looked at; for the browser's console. */
  explain(text: string): string {
    const at = address(text);
    return detailOf(this.looked, at).said;
  }
}

function mapsOf({ before, after }: ReportCluster): TreatmentMap[] {
  return [before, after].flatMap(subject => subject?.map ?? []);
}

/** The label that most of the space has. */
function mostOf({ starts, labels }: Picture<Tone>): number {
  const sizes = new Map<number, number>();
  for (const [i, label] of labels.entries())
    sizes.set(label, (sizes.get(label) ?? 0) + (starts[i + 1] ?? 2 ** 32) - starts[i]!);
  return [...sizes].reduce((most, one) => (one[1] > most[1] ? one : most))[0];
}
