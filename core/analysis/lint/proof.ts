import { DEFAULT_FLAGS } from '../../agentfile/flags';
import { Checker, type Input } from '../../check/check';
import { hasErrors } from '../../diagnostics';
import { emptyBundle } from '../../manifest/bundle';
import { bundleReading } from '../../manifest/denote';
import { record } from '../../manifest/object';
import { parseSource } from '../../source';
import { agentTreatment } from '../../treatment/agentfile';
import { intentTreatment } from '../../treatment/intent';
import { firstDifference, type TreatmentMap } from '../../treatment/map';
import { withoutManaged } from '../running';

/** The lists that a fix may change. */
const LISTS = [
  'nonMasqueradeCIDRs',
  'destinations',
  'destinationCIDRs',
  'egress',
  'preserve',
  'always',
  'except',
  'to',
  'from',
];

/**
 * Whether a file means after a change what it meant before: it has no error, it says the same but for its lists of ranges
 * and of pods, and each map that it denotes is the same over all addresses.
 */
export function meansTheSame(before: Input, after: Input): boolean {
  const [left, right] = [denoted(before), denoted(after)];
  if (!left || !right || left.length !== right.length) return false;
  if (!isAlike(valuesOf(before), valuesOf(after), '')) return false;
  return left.every((map, i) => firstDifference(map, right[i]!) === undefined);
}

/** Every map that a file denotes, in the order of what denotes it; undefined when the file has errors. */
function denoted(input: Input): TreatmentMap[] | undefined {
  const checker = new Checker();
  const { clusters } = checker.add(input);
  const { diagnostics } = checker.finish();
  const { bundles, agentFiles } = checker.held;
  if (hasErrors(withoutManaged(diagnostics, bundles.values()))) return undefined;
  const flags = { ...DEFAULT_FLAGS, enableIPv6: true };
  const configs = [
    ...agentFiles.map(({ config }) => config),
    ...[...bundles.values()].flatMap(({ configMaps }) => configMaps.flatMap(({ files }) => [...files.values()])),
  ];
  const policies = [...bundles.values()].flatMap(({ noSnat, policies }) => [
    ...noSnat.map(policy => ({ ...emptyBundle(), noSnat: [policy] })),
    ...policies.map(policy => ({ ...emptyBundle(), policies: [policy] })),
  ]);
  return [
    ...clusters.map(intentTreatment),
    ...configs.map(config => agentTreatment(config, flags)),
    ...policies.flatMap(policy => {
      const reading = bundleReading(policy);
      return reading?.ok ? [reading.map] : [];
    }),
  ];
}

function valuesOf({ file, text }: Input): unknown[] {
  return parseSource(file, text).documents.map(({ value }) => value);
}

/** What the lists are called in, whatever each of them is: the map is proved of all that names them. */
const NAMED = 'ranges';

/** Whether two values are the same but for their lists, also within texts that are YAML themselves. */
function isAlike(left: unknown, right: unknown, key: string): boolean {
  if (Array.isArray(left) && Array.isArray(right)) {
    if (LISTS.includes(key)) return true;
    return left.length === right.length && left.every((item, i) => isAlike(item, right[i], ''));
  }
  if (typeof left === 'string' && typeof right === 'string') {
    if (left === right) return true;
    const [a, b] = [left, right].map(text => valuesOf({ file: '', text }));
    return a!.some(value => typeof value === 'object') && isAlike(a, b, '');
  }
  if (typeof left !== 'object' || left === null || typeof right !== 'object' || right === null) return left === right;
  const [a, b] = [record(left), record(right)];
  const keys = Object.keys(a);
  return (
    keys.join('\n') === Object.keys(b).join('\n') &&
    keys.every(name => isAlike(a[name], b[name], key === NAMED ? LISTS[0]! : name))
  );
}
