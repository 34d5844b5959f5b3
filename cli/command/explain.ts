import { FAMILIES, formatAddress } from '../../core/address';
import { podSets } from '../../core/analysis/enforced';
import { explain } from '../../core/analysis/explain';
import { explainNode } from '../../core/analysis/node-explain';
import { interfaceNotes, nodeTreatment } from '../../core/analysis/node-subject';
import { leavingNotes, serviceNotes } from '../../core/analysis/open-notes';
import type { Subject } from '../../core/analysis/subject';
import type { TreatmentMap } from '../../core/treatment/map';
import { chosen } from '../ask/chosen';
import {
  type Destinations,
  destinationsIn,
  readDestinations,
  undeclaredFaults,
  undeclaredNotes,
} from '../ask/destinations';
import { type Answer, answerData, answersText } from '../ask/explain-text';
import { adviceOn } from '../ask/named-only';
import { readSource, type Source, sourceNotes } from '../ask/source';
import type { Invocation } from '../masq';
import { readSides } from '../side';
import { refuse, stdout } from '../stdio';
import { type ColorChoice, palette, useColor } from '../terminal';

/** `masq explain`: what happens to packets from a pod to some destinations, and why. */
export async function run({ values, positionals }: Invocation): Promise<number> {
  const to = readDestinations(values.to);
  const source = readSource(values.from as string | undefined, values.namespace as string | undefined, positionals);
  if (typeof source === 'string') return refuse([...to.faults, source]);
  if (to.faults.length > 0) return refuse(to.faults);
  const otherFamily = familyFault(source, to.literal);
  if (otherFamily !== undefined) return refuse([otherFamily]);
  const read = await readSides([positionals], values);
  if (!read.ok) return read.code;
  const asked = chosen(read.sides[0]!.subjects, values.cluster as string | undefined);
  if (typeof asked === 'string') return refuse([asked]);
  const undeclared = undeclaredFaults(
    to.names,
    asked.flatMap(({ places }) => places),
  );
  if (undeclared.length > 0) return refuse(undeclared);
  const families = FAMILIES.filter(family => !source.address || source.address.family === family);
  const answers = asked.map((subject): Answer => {
    const sets = destinationsIn(to, subject.places);
    const map = mapFrom(source, subject);
    const told = families.flatMap(family =>
      sets[family].isEmpty() ? [] : [explainNode(map, sets[family]) ?? explain(map, source.pod, sets[family])],
    );
    const explained = told.flat();
    const decisions = explained.map(({ decision }) => decision);
    const treatments = explained.map(one => [one.to.family, one.decision.treatment] as const);
    return {
      subject,
      families: told,
      notes: [
        ...source.notes,
        ...sourceNotes(source, subject),
        ...undeclaredNotes(to.names, subject.places),
        ...serviceNotes(subject, sets),
        ...(source.address ? interfaceNotes(decisions) : leavingNotes(subject, decisions)),
        ...adviceOn(treatments),
      ],
    };
  });
  if (values.format === 'json') {
    const data = answers.flatMap(answer => answerData(answer, source));
    stdout.write(`${JSON.stringify(data, undefined, 2)}\n`);
  } else {
    stdout.write(answersText(answers, source, palette(useColor(stdout, process.env, values.color as ColorChoice))));
  }
  return 0;
}

/** What is said where the source is of one family only, and every destination of the other one. */
function familyFault({ address }: Source, literal: Destinations['literal']): string | undefined {
  if (!address || literal.length === 0) return undefined;
  if (literal.some(({ family }) => family === address.family)) return undefined;
  const other = address.family === 4 ? 6 : 4;
  return `--from is an address of IPv${address.family}, and --to one of IPv${other}: no packet has both`;
}

/** What happens to packets from the source: a node's rules may ask for the address that they come from. */
function mapFrom({ address }: Source, { map, node }: Subject): TreatmentMap {
  if (!node || !address) return map;
  return nodeTreatment(node, podSets(`${formatAddress(address)}/${address.family === 4 ? 32 : 128}`));
}
