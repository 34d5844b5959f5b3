import { FAMILIES, type Family, formatAddress } from '../../core/address';
import type { Enforced } from '../../core/analysis/enforced';
import type { InTheWay } from '../../core/analysis/obstacles';
import type { Subject } from '../../core/analysis/subject';
import { termsText } from '../../core/analysis/terms';
import type { Difference, DifferencePart, FamilyProof, NodeProof } from '../../core/analysis/verify';
import { witnessOf } from '../../core/analysis/witness';
import type { NatRule } from '../../core/dataplane/nat-rule';
import { andList, type Location } from '../../core/diagnostics';
import type { TreatmentMap } from '../../core/treatment/map';
import type { DumpedNode } from '../dumps';
import type { Palette } from '../terminal';
import { diagnosis } from './verify-diagnosis';
import { countText, ruleText, treatmentWord } from './words';

/** A node and how its rules stand. */
export interface Proven {
  readonly node: DumpedNode;
  readonly proof: NodeProof;
}

/** What was verified, and what came of it. */
export interface Verified {
  /** What is wanted. */
  readonly subject: Subject;
  /** How its rules are to look. */
  readonly enforced: Enforced;
  /** Node by node. */
  readonly proofs: readonly Proven[];
  /** The other dumps: those that cannot be read. */
  readonly unread: readonly string[];
}

/** How many parts of a difference, and how many rules in the way, are shown. */
const MOST = 5;

/** Proofs for people: a block for each node, and a line of summary. */
export function proofsText(about: Verified, paint: Palette): string {
  const blocks = about.proofs.map(one => `${nodeLines(one, about, paint).join('\n')}\n`);
  return [...blocks, `${summary(about)}\n`].join(blocks.length > 1 || !isProven(about.proofs[0]!) ? '\n' : '');
}

function isProven({ proof }: Proven): boolean {
  return proof.verdict === 'proven';
}

function nodeLines({ node, proof }: Proven, about: Verified, paint: Palette): string[] {
  const color = { proven: paint.green, contradicted: paint.red, unproven: paint.yellow }[proof.verdict];
  const lines = [`${paint.bold(node.name)}: ${color(proof.verdict)}`];
  for (const family of FAMILIES) {
    const own = proof.families.find(one => one.family === family);
    lines.push(
      ...(own ? familyLines(own, node, about, paint) : [paint.dim(`  IPv${family}: nothing of it is in the dump`)]),
    );
  }
  if (proof.verdict === 'proven' && node.rules.isNatAlone) lines.push(paint.dim(`  ${NAT_ALONE}`));
  return lines;
}

/** What a proof does not cover of a dump that was made for one table. */
const NAT_ALONE =
  'the table "nat" alone is in the dump: whether others mark packets, or leave them untracked, is not seen';

function familyLines(proof: FamilyProof, node: DumpedNode, about: Verified, paint: Palette): string[] {
  const { family, differences, inTheWay, isRemedied, deciding } = proof;
  const leftOpen = proof.leftOpen.isEmpty()
    ? []
    : [paint.dim(`    ${termsText(proof.leftOpen)}: ${about.subject.as} leaves this to the data plane`)];
  if (differences.length === 0) {
    const lines = [`  IPv${family}: every address is treated as is wanted by ${about.subject.as}`, ...leftOpen];
    for (const one of deciding.slice(0, MOST)) {
      lines.push(paint.dim(`    as is wanted, but not by the agent: ${obstacleText(one, node, family)}`));
    }
    return lines;
  }
  return [
    `  IPv${family}: ${headline(differences)}`,
    ...differences.slice(0, MOST).flatMap(difference => differenceLines(difference, node, about, paint)),
    ...more(differences.length, 'differences'),
    ...diagnosis(node.rules, proof, about.enforced.chain).map(line => `    ${line}`),
    ...(inTheWay.length === 0 ? [] : ['    in the way:']),
    ...inTheWay.slice(0, MOST).map(one => `      ${obstacleText(one, node, family)}`),
    ...more(inTheWay.length, 'rules in the way'),
    ...leftOpen,
    ...(isRemedied
      ? [`    without ${inTheWay.length === 1 ? 'it' : 'them'} every address would be treated as is wanted`]
      : []),
  ];
}

function more(count: number, what: string): string[] {
  return count > MOST ? [`    and ${count - MOST} more ${what}, which "--format json" lists`] : [];
}

function headline(differences: readonly Difference[]): string {
  const total = (isMeant: (one: Difference) => boolean): string => {
    const sum = differences.reduce((all, one) => all + (isMeant(one) ? one.to.count() : 0n), 0n);
    return sum === 0n ? '' : addresses(sum);
  };
  const wrong = total(one => one.verdict === 'contradicted' && !one.isPortsOnly);
  const ports = total(one => one.isPortsOnly);
  const open = total(one => one.verdict === 'unproven');
  const parts = [
    ...(wrong === '' ? [] : [`${wrong} treated otherwise than is wanted`]),
    ...(ports === '' ? [] : [`${ports} treated as is wanted but for how source ports are chosen`]),
    ...(open === '' ? [] : [`${open} of which it cannot be told`]),
  ];
  return parts.join('; ');
}

function addresses(count: bigint): string {
  return `${countText(count)} ${count === 1n ? 'address' : 'addresses'}`;
}

function differenceLines(difference: Difference, node: DumpedNode, about: Verified, { bold, dim }: Palette): string[] {
  const { to, parts, isPortsOnly } = difference;
  const [first] = parts;
  const wanted = [...new Set(parts.map(part => ruleText(part.wanted)))];
  const rules = [...new Set(parts.flatMap(part => part.rules))];
  const placed = rules.map(rule => `        ${placedRule(rule, node.rules.placeOf(to.family, rule))}`);
  return [
    `    ${bold(termsText(to))} (${addresses(to.count())})`,
    `      wanted: ${treatmentWord(first!.wanted.treatment)}${isPortsOnly ? portsText(about.enforced.randomFully) : ''}, by ${andList(shortened(wanted))}`,
    `      found:  ${foundText(first!, isPortsOnly, rules.length)}`,
    ...placed.slice(0, MOST),
    ...more(placed.length, 'rules').map(line => `    ${line}`),
    ...(isPortsOnly ? [`      ${portsAdvice(about)}`] : []),
    dim(`      a packet that shows it: ${packetText(first!.is)} to ${formatAddress(witnessOf(to))}`),
  ];
}

/** How many entries of an intent are named. */
const MOST_WANTED = 2;

function shortened(names: readonly string[]): string[] {
  const left = names.length - MOST_WANTED;
  return left > 1 ? [...names.slice(0, MOST_WANTED), `${left} more`] : [...names];
}

function packetText(is: DifferencePart['is']): string {
  if (!('protocol' in is)) return 'any';
  return is.protocol === 'other' ? 'one of a protocol without ports' : `one of ${is.protocol.toUpperCase()}`;
}

/** What the rules do; which ones stands below. */
function foundText({ is }: DifferencePart, isPortsOnly: boolean, rules: number): string {
  if (!is.treatment)
    return rules === 0 ? 'nothing that could be compared with that' : 'it cannot be told, for it hangs on';
  const ports = isPortsOnly ? portsText(is.randomFully) : '';
  return `${treatmentWord(is.treatment)}${ports}, ${rules === 0 ? 'for no rule gives packets another source' : 'by'}`;
}

function portsText(randomFully: boolean | undefined): string {
  return `, with source ports that are ${randomFully ? '' : 'not '}fully random`;
}

/** How somebody says who is content with the source ports that are chosen. */
function portsAdvice({ subject, enforced }: Verified): string {
  const is = !enforced.randomFully;
  const how = subject.model
    ? `agent: {randomFully: ${is}} in the intent`
    : `--random-fully=${is} as a flag of the agent`;
  return `if the nodes are right, say ${how}`;
}

/** A rule in the way: its place, what it says, whose it is, and for which destinations. */
function obstacleText({ rule, to }: InTheWay, { rules }: DumpedNode, family: Family): string {
  const owner = rules.ownerOf(family, rule);
  const of = owner === undefined ? '' : ` of ${owner}`;
  return `the rule${of} for ${termsText(to)}: ${placedRule(rule, rules.placeOf(family, rule))}`;
}

/** A rule behind its place. */
function placedRule({ text }: NatRule, at: Location | undefined): string {
  if (!at?.file || !at.range) return text;
  const { line, column } = at.range.start;
  return `${at.file}:${line}:${column}: ${text}`;
}

/** How many egress policies a map has. */
export function policiesOf({ egress }: TreatmentMap): number {
  return egress.filter(({ isPart }) => !isPart).length;
}

function summary({ proofs, subject, unread }: Verified): string {
  const of = (verdict: NodeProof['verdict']): number => proofs.filter(({ proof }) => proof.verdict === verdict).length;
  const counts = (['proven', 'contradicted', 'unproven'] as const).flatMap(verdict =>
    of(verdict) === 0 ? [] : [`${of(verdict)} ${verdict}`],
  );
  const left = unread.length === 0 ? [] : [`${unread.length} not read`];
  const all = proofs.length + unread.length;
  const nodes = `${all} ${all === 1 ? 'node' : 'nodes'}`;
  const length = policiesOf(subject.map);
  const egress =
    length === 0
      ? ''
      : `; pods of ${length} egress ${length === 1 ? 'policy' : 'policies'} are not compared: what these give them is the gateway's to do`;
  return `${nodes} against "${subject.name}": ${[...counts, ...left].join(', ')}${egress}`;
}
