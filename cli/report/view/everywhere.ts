import type { IntervalSet } from '../../../core/address';
import { type Effect, effectOf } from '../../../core/analysis/report/effect';
import type { ReportCluster } from '../../../core/analysis/report/pack';
import type { Subject } from '../../../core/analysis/subject';
import { termsText } from '../../../core/analysis/terms';
import { andList } from '../../../core/diagnostics';
import { treatmentWord } from '../../ask/words';
import { type Html, html } from '../html';
import { shortened } from './answer';
import { leading, listed } from './names';

/** So many ways to treat the packets are told, and of each so many parts. */
const WAYS = 12;
const PARTS = 4;

/** Clusters in which the same happens to the packets. */
interface Way {
  readonly names: string[];
  /** What happens, told when it is needed: it may be long. */
  readonly text: () => string;
}

/** In how many clusters the same happens to packets to some destinations, and what happens in the others. */
export class Ways {
  private readonly ways = new Map<string, Way>();
  private own = '';
  /** How many clusters were asked. */
  asked = 0;

  /**
   * @param differs whether the destinations may be others in each cluster: then it is compared what share of them is
   * treated how
   */
  constructor(private readonly differs: boolean) {}

  /**
   * Asks a cluster.
   * @param sets the destinations in it; undefined where it has none of that name
   * @param isOwn whether it is the one that is told of in full
   */
  add(cluster: ReportCluster, sets: readonly IntervalSet[] | undefined, isOwn: boolean): void {
    const { key, text } = wayOf(cluster, sets ?? [], this.differs);
    if (isOwn) this.own = key;
    const known = this.ways.get(key);
    if (known) known.names.push(cluster.name);
    else this.ways.set(key, { names: [cluster.name], text });
    this.asked++;
  }

  /** What is known so far: how many clusters, and not yet which. */
  soFar(): Html | undefined {
    if (this.asked === 1) return undefined;
    const same = this.ways.get(this.own)!.names.length;
    const items = this.others().map(({ names, text }) => html`<li>${shortened(text())}: in ${names.length}</li>`);
    if (items.length === 0) return html`<p>The same in all ${this.asked} clusters that were asked so far.</p>`;
    return html`<p>So in ${same} of the ${this.asked} clusters that were asked so far. Otherwise in ${this.asked - same}:</p><ul>${items.slice(0, WAYS)}</ul>`;
  }

  /** What there is to tell, with links to the same question in the other clusters. */
  told(question: string): Html {
    const { names } = this.ways.get(this.own)!;
    const others = this.others();
    if (others.length === 0) return html`<p>The same in all ${this.asked} clusters.</p>`;
    const items = others.slice(0, WAYS).map(way => {
      const links = way.names.map(name => leading({ cluster: name, ask: question }, name));
      return html`<li>${shortened(way.text())}: ${listed(links)}</li>`;
    });
    const left = others.length - items.length;
    return html`<p>So in ${names.length} of ${this.asked} clusters${names.length > 1 && html`: ${listed(names)}`}. Otherwise in ${this.asked - names.length}:</p><ul>${items}</ul>${left > 0 && html`<p class="left">and in ${left} more ways</p>`}`;
  }

  /** The ways of the other clusters, those of most of them first. */
  private others(): Way[] {
    const all = [...this.ways].filter(([key]) => key !== this.own).map(([, way]) => way);
    return all.sort((a, b) => b.names.length - a.names.length);
  }
}

function wayOf(
  cluster: ReportCluster,
  sets: readonly IntervalSet[],
  differs: boolean,
): { readonly key: string; readonly text: () => string } {
  if (sets.length === 0) return { key: '', text: () => 'nothing has that name' };
  const sides = [cluster.before, cluster.after].flatMap(subject => (subject ? [effectsOf(subject, sets)] : []));
  const keys = sides.map(effects => effects.map(effect => (differs ? effect.shares : effect.key)).join('\n'));
  const isChanged = keys.length === 2 && keys[0] !== keys[1];
  const text = () => {
    const texts = sides.map(effects => andList([...new Set(effects.map(effect => effectText(effect, differs)))]));
    return isChanged ? texts.join(' → ') : texts.at(-1)!;
  };
  return { key: keys.join('\n→\n'), text };
}

function effectsOf({ map }: Subject, sets: readonly IntervalSet[]): Effect[] {
  return sets.map(to => effectOf(map, to));
}

/** An effect in words: of parts that are treated differently which ones, where these are the same in every cluster. */
function effectText({ parts, egress }: Effect, differs: boolean): string {
  const [first, ...others] = parts;
  const told = parts.slice(0, PARTS).map(({ treatment, to }) => `${termsText(to)} ${treatmentWord(treatment)}`);
  const ways = parts.slice(0, PARTS).map(({ treatment }) => treatmentWord(treatment));
  const base =
    others.length === 0 ? treatmentWord(first!.treatment) : differs ? `partly ${andList(ways)}` : told.join('; ');
  const more = parts.length > PARTS ? ', and more' : '';
  const some = [...new Set(egress.map(treatmentWord))];
  return `${base}${more}${some.length > 0 ? `, but of some pods ${andList(some)}` : ''}`;
}
