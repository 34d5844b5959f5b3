import { enforcedOf, podSets } from '../../core/analysis/enforced';
import type { Subject } from '../../core/analysis/subject';
import { verifyNode } from '../../core/analysis/verify';
import { chosen } from '../ask/chosen';
import { proofData } from '../ask/verify-data';
import { type Proven, proofsText } from '../ask/verify-text';
import { readCidrs } from '../cidr-list';
import { namesDump, readDump } from '../dumps';
import { kindOf, STDIN } from '../files';
import type { Invocation } from '../masq';
import { readOutInterfaces } from '../out-interfaces';
import { commandLine } from '../shells';
import { readSides, readTwice } from '../side';
import { refuse, stdout } from '../stdio';
import { type ColorChoice, palette, useColor } from '../terminal';

/** `masq verify`: whether the rules of nodes treat every packet as somebody's files say. */
export async function run({ values, positionals: [intent, ...more] }: Invocation): Promise<number> {
  const dumps = [...(values.against as string[]), ...more];
  const ranges = readCidrs('pod-cidr', values['pod-cidr']);
  const pods = podSets(ranges.cidrs.map(({ text }) => text).join(','));
  const faults = [
    ...(dumps.length === 0 ? ['--against is missing: the dumps of nodes, such as --against node-1.save'] : []),
    ...ranges.faults,
    ...readTwice([intent!, ...dumps].map(word => [word])),
  ];
  if (faults.length > 0) return refuse(faults);
  const misplaced = turnedRound(intent!, dumps) ?? anotherSide(intent!, more);
  if (misplaced !== undefined) return refuse([misplaced]);
  const read = await readSides([[intent!]], values, { hasDumps: true });
  if (!read.ok) return read.code;
  const subject = theOne(read.sides[0]!.subjects, values.cluster as string | undefined);
  if (typeof subject === 'string') return refuse([subject]);
  const out = readOutInterfaces(values);
  const nodeDumps = dumps.map(dump => readDump(dump, out.names));
  const faulty = nodeDumps.flatMap(one => (one.ok ? [] : one.faults));
  const code = faulty.length > 0 ? refuse(faulty) : 0;
  const nodes = nodeDumps.flatMap(one => (one.ok ? [one.node] : []));
  if (nodes.length === 0) return code;
  const enforced = { ...enforcedOf(subject), ...(pods && { pods }) };
  const proofs = nodes.map((node): Proven => ({ node, proof: verifyNode(node.rules, subject.map, enforced) }));
  const about = { subject, enforced, proofs, unread: dumps.filter((_, i) => !nodeDumps[i]!.ok) };
  if (values.format === 'json') stdout.write(`${JSON.stringify(proofData(about), undefined, 2)}\n`);
  else stdout.write(proofsText(about, palette(useColor(stdout, process.env, values.color as ColorChoice))));
  if (code !== 0) return code;
  return proofs.every(({ proof }) => proof.verdict === 'proven') ? 0 : 1;
}

/** What is said where an intent stands in the place of a dump, and a dump in that of the intent. */
function turnedRound(side: string, dumps: readonly string[]): string | undefined {
  const isFile = (word: string): boolean => word !== STDIN && kindOf(word)?.isFile() === true;
  if (!namesDump(side) || !dumps.every(word => isFile(word) && !namesDump(word))) return undefined;
  const instead = commandLine(['masq', 'verify', ...dumps, '--against', side]);
  return `"${side}" is a dump of a node's rules and "${dumps[0]}" is none; they are named the other way round: ${instead}`;
}

/** What is said where a second file of a side stands where dumps stand. */
function anotherSide(side: string, more: readonly string[]): string | undefined {
  const found = more.find(word => /\.ya?ml$/.test(word) && kindOf(word)?.isFile() && !namesDump(word));
  if (found === undefined) return undefined;
  return `"${found}" is no dump of a node's rules, and what is verified is one file or folder: put it into one folder with "${side}", and name that`;
}

/** The cluster that nodes are compared with; of several one has to be named. */
function theOne(subjects: readonly Subject[], name: string | undefined): Subject | string {
  const found = chosen(subjects, name);
  if (typeof found === 'string') return found;
  const [first, another] = found;
  if (first && !another) return first;
  return `there are several clusters; name one with --cluster: ${found.map(subject => subject.name).join(', ')}`;
}
