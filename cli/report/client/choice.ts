import type { Packed, ReportCluster, Unpacked } from '../../../core/analysis/report/pack';
import { kindOf, podKinds } from '../../../core/analysis/report/pods';
import type { TreatmentMap } from '../../../core/treatment/map';
import type { Pod } from '../../../core/treatment/pod-classes';
import { html } from '../html';
import { firstPod, type Look } from '../look';
import type { Place } from '../place';
import { kindText } from '../view/rules';
import { Combobox } from './combobox';
import { byId, choose, chosenOf, fill } from './dom';

/** What a report's page carries. */
export interface Data {
  readonly packed: Packed;
  /** Whether two sides are compared. */
  readonly compares: boolean;
  /** The cluster that is shown at first. */
  readonly first: number;
}

/** What somebody has chosen to look at: which cluster, which side of it, and the packets of which pods. */
export class Choice {
  /** The cluster. */
  cluster!: ReportCluster;
  /** The cluster's number. */
  index: number;
  /** The side, or what changes. */
  look: Look;
  /** A pod of each kind that the cluster tells apart. */
  kinds: readonly (Pod | undefined)[] = [undefined];
  /** The pods whose packets are looked at. */
  pod: Pod | undefined;
  private firstPod: Pod | undefined;
  private readonly combobox: Combobox | undefined;
  private readonly firstLook: Look;

  /** @param changed called when something else is chosen; it may be another cluster */
  constructor(
    private readonly fleet: Unpacked,
    private readonly data: Data,
    changed: (isOther: boolean) => void,
  ) {
    this.index = data.first;
    this.firstLook = this.look = data.compares ? 'changes' : 'after';
    const names = fleet.clusters.map(({ name }) => name);
    if (names.length > 1) {
      const parts = [byId<HTMLInputElement>('cluster'), byId('cluster-list'), byId('cluster-left')] as const;
      this.combobox = new Combobox(...parts, names, index => {
        this.take(index);
        changed(true);
      });
    }
    document.getElementById('look')?.addEventListener('change', () => {
      this.look = chosenOf(byId('look')) as Look;
      changed(false);
    });
    byId('pods').addEventListener('change', () => {
      this.pod = this.kinds[byId<HTMLSelectElement>('pods').selectedIndex];
      changed(false);
    });
    this.take(data.first);
    byId('controls').hidden = names.length === 1 && !data.compares && this.kinds.length === 1;
  }

  /** Takes another cluster, and of its pods those for which something changes first. */
  take(index: number): void {
    this.index = index;
    this.cluster = this.fleet.cluster(index);
    const maps = mapsOf(this.cluster);
    this.kinds = podKinds(maps);
    this.firstPod = this.kinds[kindOf(maps, firstPod(this.cluster))];
    this.combobox?.set(index);
    byId('pods-field').hidden = this.kinds.length === 1;
    const options = this.kinds.map(pod => html`<option>${kindText(pod, this.kinds.length)}</option>`);
    fill(byId('pods'), html`${options}`);
    this.takePod(this.firstPod);
  }

  /** Takes what the page's address tells; what it does not tell is as at first. */
  goTo({ cluster, show, from }: Place): void {
    const index = this.fleet.clusters.findIndex(({ name }) => name === cluster);
    this.take(index >= 0 ? index : this.data.first);
    if (this.data.compares) {
      this.look = (['before', 'after'] as const).find(one => one === show) ?? this.firstLook;
      choose(byId('look'), this.look);
    }
    if (from !== undefined && Number(from) in this.kinds) this.takePod(this.kinds[Number(from)]);
  }

  /** What the page's address tells of it: what is as at first is not told. */
  get place(): Place {
    return {
      cluster: this.index === this.data.first ? undefined : this.cluster.name,
      show: this.look === this.firstLook ? undefined : this.look,
      from: this.pod === this.firstPod ? undefined : String(this.kinds.indexOf(this.pod)),
    };
  }

  /** Whether two sides are compared. */
  get compares(): boolean {
    return this.data.compares;
  }

  private takePod(pod: Pod | undefined): void {
    this.pod = pod;
    byId<HTMLSelectElement>('pods').selectedIndex = this.kinds.indexOf(pod);
  }
}

function mapsOf({ before, after }: ReportCluster): TreatmentMap[] {
  return [before, after].flatMap(subject => subject?.map ?? []);
}
