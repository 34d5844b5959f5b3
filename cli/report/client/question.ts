import { type Cidr, type IntervalSet, parseAddress, parseCidr, IntervalSet as Sets } from '../../../core/address';
import { type Place, registryPlaces } from '../../../core/analysis/places';
import { decidedFor } from '../../../core/analysis/report/pods';
import type { Subject } from '../../../core/analysis/subject';
import { suggest } from '../../../core/diagnostics/suggest';

/** What somebody asked for, understood; or what is wrong with it. */
export type Question =
  | { readonly asks: 'addresses'; readonly to: IntervalSet; readonly title: string; readonly block: Cidr }
  | { readonly asks: 'cluster'; readonly index: number }
  | { readonly asks: 'nothing'; readonly message: string };

/** What is written with these signs alone, and one of those that names do not have, is meant as an address. */
const ADDRESS = /^(?=.*[.:/])[\da-f.:/\s]+$|^\d+$/i;

/** Understands an address, a CIDR, or the name of a range, of a cluster or of a rule. */
export function understand(text: string, subject: Subject, clusters: readonly string[]): Question {
  const asked = text.trim();
  if (asked === '') return { asks: 'nothing', message: 'Type an address, a CIDR or a name.' };
  if (ADDRESS.test(asked)) return addressQuestion(asked);
  const places: readonly Place[] = [...subject.places, ...registryPlaces()];
  const place = places.find(({ name }) => name.toLowerCase() === asked.toLowerCase());
  if (place) return setQuestion(place.sets[4].isEmpty() ? place.sets[6] : place.sets[4], place.name);
  const index = clusters.findIndex(name => name.toLowerCase() === asked.toLowerCase());
  if (index >= 0) return { asks: 'cluster', index };
  const rule = decidedFor(subject.map, undefined).find(({ decision }) =>
    `${decision.rule} ${decision.note ?? ''}`.toLowerCase().includes(asked.toLowerCase()),
  );
  if (rule) return setQuestion(rule.to, rule.decision.rule);
  const near = suggest(asked, [...places.map(({ name }) => name), ...clusters]);
  const hint = near === undefined ? 'Names are those of ranges, rules and clusters.' : `Did you mean "${near}"?`;
  return { asks: 'nothing', message: `"${asked}" is no address, and nothing here has that name. ${hint}` };
}

/** Says what masq says of an address on the command line: nothing is guessed. */
function addressQuestion(text: string): Question {
  if (text.includes('/')) {
    const parsed = parseCidr(text);
    if (!parsed.ok) return { asks: 'nothing', message: parsed.fault.message };
    return { asks: 'addresses', to: Sets.ofCidr(parsed.value), title: text, block: parsed.value };
  }
  const parsed = parseAddress(text);
  if (!parsed.ok) return { asks: 'nothing', message: parsed.fault.message };
  const { family, words } = parsed.value;
  const block: Cidr = { family, words, prefix: family === 4 ? 32 : 128 };
  return { asks: 'addresses', to: Sets.ofCidr(block), title: text, block };
}

function setQuestion(to: IntervalSet, title: string): Question {
  const [block] = [...to.cidrs()].sort((a, b) => a.prefix - b.prefix);
  return { asks: 'addresses', to, title, block: block! };
}
