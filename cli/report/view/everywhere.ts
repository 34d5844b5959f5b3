import { FAMILY_NAME, IntervalSet } from '../../../core/address';
import { type Effect, effectOf } from '../../../core/analysis/report/effect';
import type { ReportCluster } from '../../../core/analysis/report/pack';
import type { Subject } from '../../../core/analysis/subject';
import { termsText } from '../../../core/analysis/terms';
import { andList } from '../../../core/diagnostics';
import { treatmentWord } from '../../ask/words';
import { type Html, html } from '../html';
import { sizeText } from './answer';
import { leading, listed } from './names';

/** So many ways to treat the packets are told, and of each so many parts. */
const WAYS = 12;
const PARTS = 4;
/** Destinations that take longer to write are told by how many they are, too. */
const LONGEST_TERMS = 80;

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
   * @param none what is said of clusters in which there are no such destinations
   */
  constructor(
    private readonly differs: boolean,
    private readonly none: string,
  ) {}

  /**
   * Asks a cluster.
   * @param sets the destinations in it; undefined where it has none of that name
   * @param isOwn whether it is the one that is told of in full
   */
  add(cluster: ReportCluster, sets: readonly IntervalSet[] | undefined, isOwn: boolean): void {
    const { key, text } = wayOf(cluster, sets ?? [], this.differs, this.none);
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
    const items = this.others().map(({ names, text }) => html`<li>${text()}: in ${names.length}</li>`);
    if (items.length === 0) return html`<p>The same in all ${this.asked} clusters that were asked so far.</p>`;
    return html`<p>As below in ${same} of the ${this.asked} clusters that were asked so far. Otherwise in ${this.asked - same}:</p><ul>${items.slice(0, WAYS)}</ul>`;
  }

  /** What there is to tell, with links to the same question in the other clusters. */
  told(question: string): Html {
    const { names } = this.ways.get(this.own)!;
    const others = this.others();
    if (others.length === 0) return html`<p>The same in all ${this.asked} clusters.</p>`;
    const items = others.slice(0, WAYS).map(way => {
      const links = way.names.map(name => leading({ cluster: name, ask: question }, name));
      return html`<li>${way.text()}: ${listed(links)}</li>`;
    });
    const left = others.length - items.length;
    return html`<p>As below in ${names.length} of ${this.asked} clusters${names.length > 1 && html`: ${listed(names)}`}. Otherwise in ${this.asked - names.length}:</p><ul>${items}</ul>${left > 0 && html`<p class="left">and in ${left} more ways</p>`}`;
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
  none: string,
): { readonly key: string; readonly text: () => string } {
  if (sets.length === 0) return { key: '', text: () => none };
  const sides = [cluster.before, cluster.after].flatMap(subject => (subject ? [effectsOf(subject, sets)] : []));
  const keyOf = (effect: Effect): string => (differs ? effect.shares : effect.key);
  const text = (): string => {
    const told = sets.map((set, i) =>
      changeText(
        set,
        sides.map(effects => effects[i]!),
        keyOf,
        differs,
      ),
    );
    const isSame = told.every(one => one === told[0]);
    return isSame ? told[0]! : told.map((one, i) => `${FAMILY_NAME[sets[i]!.family]} ${one}`).join('; ');
  };
  return { key: sides.map(effects => effects.map(keyOf).join('\n')).join('\n→\n'), text };
}

function effectsOf({ map }: Subject, sets: readonly IntervalSet[]): Effect[] {
  return sets.map(to => effectOf(map, to));
}

/** What happens to packets to destinations of a family; where it changes, before and after. */
function changeText(
  to: IntervalSet,
  sides: readonly Effect[],
  keyOf: (effect: Effect) => string,
  differs: boolean,
): string {
  const [first, last] = [sides[0]!, sides.at(-1)!];
  const after = effectText(last, to, differs);
  if (keyOf(first) === keyOf(last)) return after;
  const before = effectText(first, to, differs);
  return before === after ? `${after}, but of other pods or other shares than before` : `${before} → ${after}`;
}

/** An effect in words: what happens to most, and which parts are treated otherwise, where these are the same in every cluster. */
function effectText({ parts, egress }: Effect, whole: IntervalSet, differs: boolean): string {
  const [first, ...others] = parts;
  const ways = parts.slice(0, PARTS).map(({ treatment }) => treatmentWord(treatment));
  const told = others.slice(0, PARTS - 1).map(({ treatment, to }) => `${partText(to)} ${treatmentWord(treatment)}`);
  const most = treatmentWord(first!.treatment);
  const base = others.length === 0 ? most : differs ? `partly ${andList(ways)}` : `${most}, but ${told.join('; ')}`;
  const more = parts.length > PARTS ? ', and more' : '';
  const some = egressTexts(egress, whole);
  return `${base}${more}${some.length > 0 ? `, but of some pods ${andList(some)}` : ''}`;
}

/** What egress rules do, and to which destinations where these are not all that is asked about. */
function egressTexts(egress: Effect['egress'], whole: IntervalSet): string[] {
  return [...new Set(egress.map(({ treatment }) => treatmentWord(treatment)))].map(text => {
    const rules = egress.filter(({ treatment }) => treatmentWord(treatment) === text);
    const sets = rules.map(rule => rule.to);
    const to = IntervalSet.unionOf(whole.family, sets);
    return to.equals(whole) ? text : `${text} to reach ${partText(to)}`;
  });
}

/** Some destinations in writing; of a long list the beginning, and how many addresses they are. */
function partText(to: IntervalSet): string {
  const text = termsText(to);
  if (text.length <= LONGEST_TERMS) return text;
  return `${text.slice(0, Math.max(0, text.lastIndexOf(', ', LONGEST_TERMS)) || LONGEST_TERMS)}, … (${sizeText(to)})`;
}
