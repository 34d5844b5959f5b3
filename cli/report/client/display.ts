import { type Address, type Cidr, formatCidr, IntervalSet, parseCidr } from '../../../core/address';
import { closeUps } from '../../../core/analysis/report/close-ups';
import { mostOf, type Picture, pictureOf } from '../../../core/analysis/report/picture';
import { podText } from '../../ask/words';
import { drawnPlaces, sideOf, titleName, tonesFor, tonesOf, treeOf } from '../look';
import type { Tone } from '../tone';
import { legend } from '../view/legend';
import { ruleTables } from '../view/rules';
import { tree } from '../view/tree';
import type { Choice } from './choice';
import { crumbs, looks } from './crumbs';
import { detailOf, type Looked, lookAt } from './detail';
import { byId, calmly, fill } from './dom';
import { MapView } from './map-view';
import { filterRows, makeSortable } from './tables';
import { driveTree, revealItem } from './tree-keys';

/** So many rows of a table, and blocks of a tree, are put on the page. */
const ROWS = 2000;
/** So many blocks are named that are worth a closer look. */
const CLOSER = 8;
/** An answer's block is shown no larger than this, so that something is seen around it. */
const NEAR = 26;

/** What is chosen, as the page shows it: the map with what is said of an address, the tree and the tables. */
export class Display {
  private readonly map: MapView;
  private readonly say = calmly(300, () => {
    byId('map-live').textContent = this.said;
  });
  private looked!: Looked;
  private picture!: Picture<Tone>;
  private said = '';

  /** @param moved called when another part of the map is seen, or another address is pointed at */
  constructor(
    private readonly choice: Choice,
    private readonly moved: () => void,
  ) {
    this.map = new MapView(byId('map-frame'), byId<HTMLCanvasElement>('map-canvas'), {
      point: (word, still) => this.point(word, still),
      move: () => this.move(),
    });
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
  }

  /** Shows everything about what is chosen. */
  show(): void {
    const { cluster, look, pod, kinds, compares } = this.choice;
    const partitions = tonesFor(cluster, look, pod);
    const subject = sideOf(cluster, look);
    this.looked = lookAt(cluster, look, pod);
    this.picture = pictureOf(partitions[4]);
    const marks = closeUps(this.picture, CLOSER);
    const places = drawnPlaces(subject.places);
    this.map.show({ picture: this.picture, places, marks: look === 'changes' ? marks : [] });
    fill(byId('legend'), legend(partitions));
    fill(byId('looks'), looks(marks));
    fill(byId('tree'), tree(treeOf(cluster, look), ROWS));
    driveTree(this.tree);
    fill(byId('tables'), ruleTables(subject, tonesOf(cluster), ROWS, pod));
    makeSortable(byId('tables'));
    const side = compares ? (look === 'before' ? ', before' : ', after') : '';
    const whom = kinds.length === 1 ? '' : ` Packets from ${podText(pod)}.`;
    const name = titleName(cluster);
    byId('map-of').textContent = byId('controls').hidden
      ? ''
      : `${name}${look === 'changes' ? ', what changes' : side}.${whom}`;
    byId('rules-of').textContent = `${name}, by ${subject.as}${side}.`;
    this.filter();
    this.point(this.map.word, false);
    this.move();
  }

  /** Draws the map again, as when colours change; for a printer at once. */
  redraw(isNow = false): void {
    if (isNow) this.map.draw();
    else this.map.redraw();
  }

  /** Shows all of IPv4. */
  reset(): void {
    this.map.reset();
  }

  /** Shows a block of IPv4, if it is one. */
  showBlock(text: string): void {
    const parsed = parseCidr(text);
    if (parsed.ok && parsed.value.family === 4) this.map.showBlock(parsed.value);
  }

  /** Points at an IPv4 address, or at the first one that is drawn apart. */
  pointTo(at?: Address): void {
    this.map.pointTo(at?.words[0] ?? this.firstApart());
  }

  /** Shows where a block is, on the map or in the tree. */
  reveal(block: Cidr): void {
    if (block.family === 6) {
      this.openTree(IntervalSet.ofCidr(block));
      return;
    }
    this.map.showBlock({ ...block, prefix: Math.min(block.prefix, NEAR) });
    this.map.pointTo(block.words[0]!);
  }

  /** The block of IPv4 that is seen; undefined for all of it. */
  get seen(): string | undefined {
    const { word, prefix } = this.map;
    if (prefix === 0) return undefined;
    return formatCidr({ family: 4, words: Uint32Array.of(word & (0xffffffff << (32 - prefix))), prefix });
  }

  /** What is said of packets to an IPv4 address. */
  explain(at: Address): string {
    return detailOf(this.looked, at).said;
  }

  private get tree(): HTMLElement {
    return document.querySelector<HTMLElement>('#tree [role=tree]')!;
  }

  /** The lowest address that is drawn apart from most: of which something changes, or that is treated otherwise. */
  private firstApart(): number {
    const { cluster, look } = this.choice;
    const { starts, labels } = this.picture;
    const most = mostOf(this.picture);
    const at = labels.findIndex(label => label !== most);
    const [place] = at < 0 ? drawnPlaces(sideOf(cluster, look).places) : [];
    return place?.sets[4].first()?.words[0] ?? starts[Math.max(0, at)]!;
  }

  private filter(): void {
    const text = byId<HTMLInputElement>('filter').value;
    byId('filter-count').textContent = filterRows(byId('tables'), text);
  }

  /** Tells about an address. */
  private point(word: number, still: boolean): void {
    const { shown, said } = detailOf(this.looked, { family: 4, words: Uint32Array.of(word) });
    fill(byId('detail'), shown);
    this.said = said;
    if (!still) return;
    this.say();
    this.move();
  }

  private move(): void {
    fill(byId('crumbs'), crumbs(this.map.word, this.map.prefix));
    this.moved();
  }

  /** Opens the tree of IPv6 where a block is. */
  private openTree(set: IntervalSet): void {
    const holds = (item: HTMLElement): boolean => {
      const parsed = parseCidr(item.dataset.block!);
      return parsed.ok && IntervalSet.ofCidr(parsed.value).containsSet(set);
    };
    const found = [...this.tree.querySelectorAll<HTMLElement>('[role=treeitem]')].findLast(holds);
    if (found) revealItem(this.tree, found);
  }
}
