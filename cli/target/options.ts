import { formatAddress, parseAddress, parseCidr } from '../../core/address';
import { orList, suggest } from '../../core/diagnostics';
import { isLabelKey, isLabelValue, isSubdomain, type Labels } from '../../core/intent/selector';
import { type GatewayNodes, type PoolName, TARGETS, type TargetFacts, type TargetName } from '../../core/target/facts';
import { parseLabels } from '../ask/words';
import { readVpc } from '../cidr-list';
import type { Invocation } from '../masq';

/** A data plane that intents are rendered for, and what it was told. */
export interface TargetOptions {
  readonly name: TargetName;
  readonly facts: TargetFacts;
  /** The clusters that it is for; none: every one. */
  readonly clusters: readonly string[];
  /** The folder that holds a folder for each cluster. */
  readonly output: string;
  /** The arguments that say all of this again. */
  readonly words: readonly string[];
}

/** For which targets an option means something. */
const ONLY: Readonly<Record<string, readonly TargetName[]>> = {
  'vpc-cidr': ['aws', 'azure'],
  gateway: ['cilium', 'antrea'],
  pool: ['calico'],
};

/** The folder that a target is rendered to when nobody names another: never the one of the ordinary manifests. */
export function defaultOutput(name: TargetName): string {
  return `targets/${name}`;
}

/** Whether a target could be read. */
export function isOptions(read: TargetOptions | readonly string[]): read is TargetOptions {
  return 'facts' in read;
}

/** Reads what a target was told; else why it cannot be, each in a line. */
export function readTarget(word: string, values: Invocation['values']): TargetOptions | readonly string[] {
  const name = TARGETS.find(known => known === word);
  if (name === undefined) {
    const near = suggest(word, TARGETS);
    return [`"${word}" is no target; ${near === undefined ? `write ${orList(TARGETS)}` : `did you mean "${near}"?`}`];
  }
  const faults: string[] = [];
  const given = (option: string): readonly string[] => (values[option] as string[] | undefined) ?? [];
  for (const [option, targets] of Object.entries(ONLY)) {
    if (given(option).length > 0 && !targets.includes(name)) {
      faults.push(`--${option} is for ${orList(targets)}, and means nothing to ${name}; leave it out`);
    }
  }
  const facts: TargetFacts = {
    vpc: readVpc(values['vpc-cidr'], faults),
    gateways: readGateways(given('gateway'), faults),
    pools: given('pool').flatMap(text => poolName(text, faults)),
  };
  if (faults.length > 0) return faults;
  const { output } = values;
  return {
    name,
    facts,
    clusters: given('cluster'),
    output: (output as string | undefined) ?? defaultOutput(name),
    words: ['--target', name, ...['cluster', ...Object.keys(ONLY)].flatMap(o => given(o).flatMap(v => [`--${o}`, v]))],
  };
}

/** Reads the nodes that hold egress addresses; of one address, and of all others, they are said once. */
function readGateways(texts: readonly string[], faults: string[]): GatewayNodes[] {
  const gateways = texts.flatMap(text => gatewayNodes(text, faults));
  const seen = new Map<string | undefined, string>();
  for (const { ip, labels } of gateways) {
    const own = pairsText(labels);
    const other = seen.get(ip);
    const what = ip === undefined ? 'the nodes of every address that is not named' : `the nodes of ${ip}`;
    if (other !== undefined && other !== own)
      faults.push(`--gateway says twice what ${what} are: "${other}" and "${own}"; keep one`);
    seen.set(ip, own);
  }
  return gateways;
}

function gatewayNodes(text: string, faults: string[]): GatewayNodes[] {
  const at = text.indexOf('=');
  const address = at > 0 ? parseAddress(text.slice(0, at)) : undefined;
  const ip = address?.ok ? formatAddress(address.value) : undefined;
  const labels = parseLabels(ip === undefined ? text : text.slice(at + 1));
  const areLabels = Object.entries(labels ?? {}).every(([key, value]) => isLabelKey(key) && isLabelValue(value));
  if (labels && areLabels) return [{ ...(ip !== undefined && { ip }), labels }];
  faults.push(`--gateway "${text}" names no labels; write them as KEY=VALUE, such as kubernetes.io/hostname=node-1`);
  return [];
}

/** Labels as the command line has them, such as `a=b,c=d`. */
export function pairsText(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

function poolName(text: string, faults: string[]): PoolName[] {
  const at = text.indexOf('=');
  const name = text.slice(0, Math.max(at, 0));
  const parsed = parseCidr(text.slice(at + 1));
  if (at < 0 || !isSubdomain(name))
    faults.push(`--pool "${text}" is no NAME=CIDR, such as default-ipv4-ippool=10.244.0.0/16`);
  else if (!parsed.ok) faults.push(`--pool ${parsed.fault.message}`);
  else return [{ name, cidr: parsed.value }];
  return [];
}
