import { setsOf } from '../core/address';
import { withFacts } from '../core/analysis/facts';
import { type FleetComparison, shareFacts } from '../core/analysis/fleet';
import { withVpc } from '../core/analysis/plane-subject';
import type { Subject } from '../core/analysis/subject';
import { hasErrors } from '../core/diagnostics';
import type { ClusterModel } from '../core/intent/model';
import type { VpcRange } from '../core/target/facts';
import { readAgentArgs } from './agent-args';
import { readVpc, vpcText } from './cidr-list';
import { STDIN } from './files';
import { writeFindings } from './findings';
import { parseRevision } from './git';
import type { Invocation } from './masq';
import { NO_DUMP_LEAVES, readOutInterfaces } from './out-interfaces';
import { openSide, type ReadSide, readInTurns, readSide } from './read-side';
import { intentsAt, loadProject } from './settings';
import { refuse, stderr } from './stdio';

/** What a command is asked about: what stands on each side, or the exit code where that cannot be read. */
export type Sides =
  | { readonly ok: true; readonly sides: readonly ReadSide[] }
  | { readonly ok: false; readonly code: number };

/** What a command has to do with sides beside reading them. */
export interface Beside {
  /** Compares clusters of two sides while they are read; what it has compared the sides do not hold. */
  readonly fleet?: FleetComparison;
  /** Whether dumps of nodes' rules are asked about beside the sides, which hang on `--out-interface` too. @default false */
  readonly hasDumps?: boolean;
}

/**
 * Reads the sides of a question, with what `--agent-args` and `--facts` say. A side without words is what the settings
 * name. Where a side cannot be read, or has errors, all of that is said on the standard error.
 */
export async function readSides(
  groups: readonly (readonly string[])[],
  values: Invocation['values'],
  { fleet, hasDumps = false }: Beside = {},
): Promise<Sides> {
  const { flags, faults: wrongArgs } = readAgentArgs(values['agent-args'] as string | undefined);
  const out = readOutInterfaces(values);
  const faults = [...wrongArgs, ...out.faults];
  const project = loadProject(values, false);
  const intents = (project.settings.intents ?? []).map(project.here);
  const atRevision = (revision: string) => intentsAt(project, revision);
  const vpc = readVpc(values['vpc-cidr'], faults);
  if (groups.some(words => words.length === 0) && intents.length === 0) {
    faults.push(unnamed(groups.flat()));
  }
  const named = values.facts as string[];
  faults.push(...readTwice([...groups, named]));
  if (faults.length > 0) return { ok: false, code: refuse(faults) };
  const facts = named.length === 0 ? undefined : readSide(openSide(named, atRevision), flags);
  const opened = groups.map(words => openSide(words.length === 0 ? intents : words, atRevision, out.names));
  const read = fleet ? readInTurns(opened, flags, fleet) : opened.map(side => readSide(side, flags));
  const located = withVpcs(read, vpc);
  const { sides } = located;
  const all = facts ? [facts, ...sides] : sides;
  const wrong = all.flatMap(side => side.faults);
  if (wrong.length > 0) return { ok: false, code: refuse([...new Set(wrong)]) };
  for (const side of all) {
    if (!hasErrors(side.diagnostics)) continue;
    await writeFindings({ ...side, files: [...side.sources.keys()] }, { ...values, format: 'text' }, stderr);
    return { ok: false, code: 2 };
  }
  // What was compared is on both sides.
  const isWhole = fleet === undefined || fleet.told.length === 0;
  const [first, second] = sides;
  const isAllNew = first!.subjects.length === 0 && second !== undefined && second.subjects.length > 0;
  const empty = sides.flatMap((side, i) => {
    if (!isWhole || side.subjects.length > 0) return [];
    return isAllNew && i === 0 && groups[0]!.every(isBareRevision) ? [] : emptiness(groups[i]!, side);
  });
  if (empty.length > 0) return { ok: false, code: refuse([...new Set(empty)]) };
  const hangs = hasDumps || sides.some(({ subjects }) => subjects.some(({ node }) => node));
  const idle = [
    ...located.faults,
    ...(flags ? idleFlags(sides) : []),
    ...(out.names && !hangs ? [NO_DUMP_LEAVES] : []),
  ];
  if (idle.length > 0) return { ok: false, code: refuse(idle) };
  const known = facts ? informed(sides, facts) : { ok: true as const, sides };
  return known.ok ? complete(known.sides, isWhole) : known;
}

/** What is said of flags that no agent is started with: what is asked about has its own, or no agent. */
function idleFlags(sides: readonly ReadSide[]): string[] {
  if (sides.some(({ subjects }) => subjects.some(({ flags }) => flags))) return [];
  return [
    '--agent-args is for an ip-masq-agent file, or its ConfigMap, without the DaemonSet that starts the agent, and nothing that is asked about is one; leave it out',
  ];
}

/** Sides with the ranges of their clusters' VPCs. */
function withVpcs(
  sides: readonly ReadSide[],
  vpc: readonly VpcRange[],
): Pick<ReadSide, 'faults'> & { sides: ReadSide[] } {
  const used = new Set<VpcRange>();
  const known = sides.map(side => ({
    ...side,
    subjects: side.subjects.map(subject => {
      const own = vpc.filter(({ cluster }) => cluster === undefined || cluster === subject.name);
      const located = own.length > 0 ? withVpc(subject, setsOf(own.map(({ cidr }) => cidr))) : undefined;
      if (located) for (const range of own) used.add(range);
      return located ?? subject;
    }),
  }));
  const idle = vpc.filter(range => !used.has(range) && sides.every(side => !hasErrors(side.diagnostics)));
  const faults = idle.map(range => `--vpc-cidr ${vpcText(range)}: nothing that is asked about hangs on it`);
  return { sides: known, faults };
}

/** Refuses what denotes nothing without facts that nobody has told; what is compared has those of the other side. */
function complete(sides: readonly ReadSide[], isWhole: boolean): Sides {
  const [before, after] = sides.map(({ subjects }) => subjects);
  const shared = before && after ? shareFacts(before, after, isWhole) : [before!];
  const known = sides.map((side, i) => ({ ...side, subjects: shared[i]! }));
  const lacking = known.flatMap(({ subjects }) => subjects.flatMap(one => (one.lacks === undefined ? [] : [one])));
  if (lacking.length === 0) return { ok: true, sides: known };
  return { ok: false, code: refuse([...new Set(lacking.map(({ name, lacks }) => `"${name}": ${lacks}`))]) };
}

/** What is said where a side has no words and no settings name any. */
function unnamed(words: readonly string[]): string {
  const bare = words.find(word => parseRevision(word) && parseRevision(word)?.path === undefined);
  if (bare !== undefined)
    return `"${bare}" stands for what .masq.yaml names, and none names intents here; name both sides, as in ${bare}:intents/ intents/`;
  return words.length > 0
    ? `the other side is missing: "${words[0]}" is compared with what .masq.yaml names, and none names intents here`
    : 'name what is asked: files, folders, "-", git:REV:PATH or cluster: (or run masq where a .masq.yaml names intents)';
}

/** What is wrong with words of which several groups have the standard input: it can be read once. */
export function readTwice(groups: readonly (readonly string[])[]): string[] {
  const readers = groups.filter(words => words.includes(STDIN));
  return readers.length > 1 ? ['"-" is named twice, and the standard input can be read once; name a file for one'] : [];
}

/** Whether a word stands for what the settings name at a revision: before there was any, all of it is new. */
function isBareRevision(word: string): boolean {
  const revision = parseRevision(word);
  return revision !== undefined && revision.path === undefined;
}

/** What is said of a side that denotes nothing. */
function emptiness(words: readonly string[], { sources }: ReadSide): string[] {
  if (words.length === 1 && words[0] === STDIN && [...sources.values()].join('').trim() === '')
    return ['the standard input is empty; a command that failed before the pipe leaves nothing to read'];
  const what = words.length === 0 ? 'what .masq.yaml names' : words.map(word => `"${word}"`).join(', ');
  if (words.some(isBareRevision))
    return [`${what}: nothing in what .masq.yaml names there says what happens to packets, as far as masq reads it`];
  return [`${what}: nothing in it says what happens to packets, as far as masq reads it`];
}

/** Manifests of the sides with the facts of the intents that are given for that. */
function informed(sides: readonly ReadSide[], facts: ReadSide): Sides {
  const models = facts.subjects.flatMap(({ model }) => (model ? [model] : []));
  const faults = models.length === 0 ? ['--facts: no intent is in what it names'] : [];
  const used = new Set<ClusterModel>();
  let isIdle = true;
  const known = sides.map(side => ({
    ...side,
    subjects: side.subjects.map(subject => {
      const model = factsFor(subject, models, side.subjects);
      if (model) used.add(model);
      if (model && !subject.model) isIdle = false;
      const read = model && withFacts(subject, model);
      if (read && !read.ok) faults.push(`"${subject.name}": ${read.message}`);
      return read?.ok ? read.subject : subject;
    }),
  }));
  if (models.length > 0 && used.size === 0) {
    const names = models.map(({ name }) => name).join(', ');
    faults.push(`--facts: none of its clusters, ${names}, is asked about; there are ${asked(sides).join(', ')}`);
  } else if (models.length > 0 && isIdle) {
    faults.push('--facts is for manifests and dumps; an intent that is asked about has its own facts: leave it out');
  }
  return faults.length > 0 ? { ok: false, code: refuse(faults) } : { ok: true, sides: known };
}

function asked(sides: readonly ReadSide[]): string[] {
  return [...new Set(sides.flatMap(({ subjects }) => subjects.map(({ name }) => name)))];
}

/** The intent with the cluster's name counts; the one that there is also for nodes, and for the one cluster without an intent. */
function factsFor(
  { name, node }: Subject,
  models: readonly ClusterModel[],
  beside: readonly Subject[],
): ClusterModel | undefined {
  const isAlone = node !== undefined || beside.filter(({ model }) => !model).length === 1;
  return models.length === 1 && isAlone ? models[0] : models.find(model => model.name === name);
}
