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

/** What is asked of every cluster of a page. */
export interface Everywhere {
  readonly count: number;
  readonly cluster: (index: number) => ReportCluster;
  /** The cluster that is told of in full. */
  readonly at: number;
  /** The destinations in a cluster. */
  readonly find: (cluster: ReportCluster) => readonly IntervalSet[];
  /** Whether the destinations differ from cluster to cluster: then it is compared what share of them is treated how. */
  readonly named: boolean;
  /** What was asked, for links to the same in another cluster. */
  readonly asked: string;
}

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
export function everywhere(question: Everywhere): Html | undefined {
  const { count, cluster, at } = question;
  if (count === 1) return undefined;
  const ways = new Map<string, Way>();
  let own = '';
  for (let index = 0; index < count; index++) {
    const one = cluster(index);
    const { key, text } = wayOf(one, question);
    if (index === at) own = key;
    const known = ways.get(key);
    if (known) known.names.push(one.name);
    else ways.set(key, { names: [one.name], text });
  }
  const { names } = ways.get(own)!;
  if (ways.size === 1) return html`<p class="everywhere">The same in all ${count} clusters.</p>`;
  ways.delete(own);
  const others = [...ways.values()].sort((a, b) => b.names.length - a.names.length);
  const items = others.slice(0, WAYS).map(way => {
    const links = way.names.map(name => leading({ cluster: name, ask: question.asked }, name));
    return html`<li>${shortened(way.text())}: ${listed(links)}</li>`;
  });
  const left = others.length - items.length;
  return html`<div class="everywhere"><p>So in ${names.length} of ${count} clusters${names.length > 1 && html`: ${listed(names)}`}. Otherwise in ${count - names.length}:</p><ul>${items}</ul>${left > 0 && html`<p class="left">and in ${left} more ways</p>`}</div>`;
}

function wayOf(
  cluster: ReportCluster,
  { find, named }: Everywhere,
): { readonly key: string; readonly text: () => string } {
  const sets = find(cluster);
  if (sets.length === 0) return { key: '', text: () => 'nothing has that name' };
  const sides = [cluster.before, cluster.after].flatMap(subject => (subject ? [effectsOf(subject, sets)] : []));
  const keys = sides.map(effects => effects.map(effect => (named ? effect.shares : effect.key)).join('\n'));
  const isChanged = keys.length === 2 && keys[0] !== keys[1];
  const text = () => {
    const texts = sides.map(effects => andList([...new Set(effects.map(effect => effectText(effect, named)))]));
    return isChanged ? texts.join(' → ') : texts.at(-1)!;
  };
  return { key: keys.join('\n→\n'), text };
}

function effectsOf({ map }: Subject, sets: readonly IntervalSet[]): Effect[] {
  return sets.map(to => effectOf(map, to));
}

/** An effect in words: of parts that are treated differently which ones, where these are the same in every cluster. */
function effectText({ parts, egress }: Effect, named: boolean): string {
  const [first, ...others] = parts;
  const told = parts.slice(0, PARTS).map(({ treatment, to }) => `${termsText(to)} ${treatmentWord(treatment)}`);
  const ways = parts.slice(0, PARTS).map(({ treatment }) => treatmentWord(treatment));
  const base =
    others.length === 0 ? treatmentWord(first!.treatment) : named ? `partly ${andList(ways)}` : told.join('; ');
  const more = parts.length > PARTS ? ', and more' : '';
  const some = [...new Set(egress.map(treatmentWord))];
  return `${base}${more}${some.length > 0 ? `, but of some pods ${andList(some)}` : ''}`;
}
