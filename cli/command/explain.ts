import { type Address, type Cidr, formatAddress, IntervalSet, parseAddress, parseCidr } from '../../core/address';
import { podSets } from '../../core/analysis/enforced';
import { explain } from '../../core/analysis/explain';
import { nodeTreatment } from '../../core/analysis/node-subject';
import type { Subject } from '../../core/analysis/subject';
import type { TreatmentMap } from '../../core/treatment/map';
import { chosen } from '../ask/chosen';
import { answerData, answerText } from '../ask/explain-text';
import { readSource, type Source, sourceNotes } from '../ask/source';
import type { Invocation } from '../masq';
import { readSides } from '../side';
import { refuse, stdout } from '../stdio';
import { type ColorChoice, palette, useColor } from '../terminal';

/** `masq explain`: what happens to packets from a pod to some destinations, and why. */
export async function run({ values, positionals }: Invocation): Promise<number> {
  const to = destinationsOf(values.to as string | undefined);
  const source = readSource(values.from as string | undefined, values.namespace as string | undefined, positionals);
  if (typeof to === 'string' || typeof source === 'string') {
    return refuse([to, source].filter(part => typeof part === 'string'));
  }
  if (source.address && source.address.family !== to.family) {
    const [own, other] = [source.address.family, to.family];
    return refuse([`--from is an address of IPv${own}, and --to one of IPv${other}: no packet has both`]);
  }
  const read = await readSides([positionals], values);
  if (!read.ok) return read.code;
  const asked = chosen(read.sides[0]!.subjects, values.cluster as string | undefined);
  if (typeof asked === 'string') return refuse([asked]);
  const answers = asked.map(subject => ({
    subject,
    explanations: explain(mapFrom(source, subject), source.pod, to),
    notes: [...source.notes, ...sourceNotes(source, subject)],
  }));
  if (values.format === 'json') {
    const data = answers.map(answer => answerData(answer, source));
    stdout.write(`${JSON.stringify(data, undefined, 2)}\n`);
  } else {
    const paint = palette(useColor(stdout, process.env, values.color as ColorChoice));
    stdout.write(answers.map(answer => answerText(answer, source, paint)).join('\n'));
  }
  return 0;
}

/** What happens to packets from the source: a node's rules may ask for the address that they come from. */
function mapFrom({ address }: Source, { map, node }: Subject): TreatmentMap {
  if (!node || !address) return map;
  return nodeTreatment(node, podSets(`${formatAddress(address)}/${address.family === 4 ? 32 : 128}`));
}

/** The destinations of a text, or what is wrong with it. */
function destinationsOf(text: string | undefined): IntervalSet | string {
  if (!text) return '--to is missing: the address or the CIDR that packets go to';
  const parsed: { ok: boolean; value?: Address | Cidr; fault?: { message: string } } = text.includes('/')
    ? parseCidr(text)
    : parseAddress(text);
  if (!parsed.ok) return `--to ${parsed.fault!.message}`;
  const value = parsed.value!;
  return 'prefix' in value ? IntervalSet.ofCidr(value) : IntervalSet.fromRange(value, value);
}
