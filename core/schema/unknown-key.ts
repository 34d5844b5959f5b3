import { andList, suggest, type ValuePath } from '../diagnostics';
import { pathText, valueAt } from './path';
import { homesOf, type JsonSchema, knownKeys } from './walk';
import { gluedAdvice, gluedPair, quote } from './words';

/** A key that has no meaning where it stands. */
export interface UnknownKey {
  /** The key. */
  readonly key: string;
  /** The way to the map that has it. */
  readonly path: ValuePath;
  /** The document. */
  readonly data: unknown;
  /** The schema of the map. */
  readonly parent: JsonSchema | undefined;
  /** The schema of the document. */
  readonly root: JsonSchema;
}

/** Where a key belongs. */
export interface Home {
  /** The way to the map. */
  readonly path: ValuePath;
  /** What the key is called there. */
  readonly key: string;
}

/** What masq calls a key of somewhere else, and what its value becomes here; without that, it stays as it is. */
interface Synonym {
  readonly key: string;
  readonly value?: (value: unknown) => string;
}

const linkLocal = (value: unknown): string => (value === true ? 'masquerade' : 'preserve');

/** The label that Kubernetes puts on every namespace. */
export const NAMESPACE_LABEL = 'kubernetes.io/metadata.name';

const namespaceSelector = (value: unknown): string =>
  Array.isArray(value)
    ? `{matchExpressions: [{key: ${NAMESPACE_LABEL}, operator: In, values: [${value.map(plainText).join(', ')}]}]}`
    : `{matchLabels: {${NAMESPACE_LABEL}: ${plainText(value)}}}`;

/** Keys that people know from ip-masq-agent, Kubernetes and other tools. They count where masq knows theirs. */
const SYNONYMS: Readonly<Record<string, Synonym>> = {
  nonMasqueradeCIDRs: { key: 'preserve' },
  masqLinkLocal: { key: 'linkLocal', value: linkLocal },
  masqLinkLocalIPv6: { key: 'linkLocalIPv6', value: linkLocal },
  onPremCIDRs: { key: 'onPremisesCIDRs' },
  exclude: { key: 'except' },
  exceptions: { key: 'except' },
  interval: { key: 'resyncInterval' },
  ports: { key: 'toPorts' },
  namespace: { key: 'namespaceSelector', value: namespaceSelector },
  namespaces: { key: 'namespaceSelector', value: namespaceSelector },
};

/** Maps whose keys people write a level too high, by the title of the schema, and the key that is missing between. */
const LEVEL_BETWEEN: Readonly<Record<string, string>> = { LabelSelector: 'matchLabels', AgentResources: 'requests' };

/** What the file of an agent cannot say. */
const flag = (written: string): string => `remove it: the agent takes it as a flag, such as ${written}`;

const SOURCES_OF_TKE =
  "remove it: it lists sources for the agent of Tencent's TKE, and ip-masq-agent knows no such list";

/** Keys that people look for where masq sees to the matter itself or has another place for it, by the schema's title. */
const ELSEWHERE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Agent: {
    args: 'remove it: masq writes the flags itself, from the other keys of spec.agent',
    cidrLimit: 'remove it: masq writes it into the file itself when the list is longer than the limit',
    enableIPv6: 'remove it: masq sets the flag itself when spec.network.podCIDRs include IPv6',
    env: "remove it: masq renders the agent's container without variables",
    listen: 'write "metrics: {}", or in its braces the address and the port',
    tolerations: 'remove it: the DaemonSet that masq renders tolerates every taint',
    version: 'write it into "image", behind a colon',
  },
  AgentMetrics: {
    enabled: 'remove it: "metrics: {}" is enough',
    path: 'remove it: they are served at /metrics',
  },
  AgentConfig: {
    NonMasqueradeSrcCIDRs: SOURCES_OF_TKE,
    nonMasqueradeSrcCIDRs: SOURCES_OF_TKE,
    preserve: 'write "nonMasqueradeCIDRs"',
    linkLocal: 'write "masqLinkLocal: true" to masquerade it',
    linkLocalIPv6: 'write "masqLinkLocalIPv6: true" to masquerade it',
    toPorts: flag('--to-ports=1024-29999'),
    randomFully: flag('--random-fully=false'),
    enableIPv6: flag('--enable-ipv6'),
    chain: flag('--masq-chain=IP-MASQ'),
    masqChain: flag('--masq-chain=IP-MASQ'),
    nomasqAllReservedRanges: flag('--nomasq-all-reserved-ranges'),
  },
  ClusterIntentSpec: {
    exclude: 'write what a range leaves out into its own entry: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}',
  },
};

/** What to write in place of an unknown key. */
export function insteadOf(unknown: UnknownKey, missing: readonly string[]): string {
  const { key, path, data, parent } = unknown;
  const known = knownKeys(parent);
  const glued = gluedPair(key);
  if (glued && known.includes(glued.key)) return gluedAdvice(glued);
  const synonym = Object.hasOwn(SYNONYMS, key) ? SYNONYMS[key] : undefined;
  const value = valueAt(data, [...path, key]);
  const written = synonym?.value ? `${synonym.key}: ${synonym.value(value)}` : synonym?.key;
  if (synonym && known.includes(synonym.key)) return `write "${written}"`;
  const elsewhere = ELSEWHERE[String(parent?.title)];
  if (elsewhere && Object.hasOwn(elsewhere, key)) return elsewhere[key]!;
  const near = suggest(key, known);
  if (near) return `did you mean "${near}"?`;
  const home = homeOf(unknown, missing);
  if (home) return written ? `write "${written}" in ${placeText(home.path)}` : `it belongs in ${placeText(home.path)}`;
  const between = LEVEL_BETWEEN[String(parent?.title)];
  if (between) return `write it below "${between}": {${between}: {${key}: ${plainText(value)}}}`;
  if (known.length === 0) return 'remove it';
  const lacking =
    missing.length > 0 ? `, of which ${andList(missing.map(quote))} ${missing.length > 1 ? 'are' : 'is'} missing` : '';
  return `known keys: ${known.join(', ')}${lacking}`;
}

/**
 * The map that an unknown key belongs in, under its own name or as masq calls it; undefined unless it is the only one.
 * Where something is missing, the key was most likely meant for that, and not for a map somewhere else.
 */
export function homeOf({ key, path, root }: UnknownKey, missing: readonly string[]): Home | undefined {
  const name = Object.hasOwn(SYNONYMS, key) ? SYNONYMS[key]!.key : key;
  const homes = homesOf(root, name).flatMap(home => {
    const shared = sharedSteps(home, path);
    const isHere = shared === home.length && shared === path.length;
    const isOnTheWay = shared === home.length || shared === path.length;
    const isOfOneItem = !home.slice(shared, -1).includes(0);
    const counts = !isHere && isOfOneItem && (isOnTheWay || missing.length === 0);
    return counts ? [{ path: [...path.slice(0, shared), ...home.slice(shared)], key: name }] : [];
  });
  return homes.length === 1 ? homes[0] : undefined;
}

/** How many steps two ways have in common, whatever items of lists they lead through. */
function sharedSteps(a: ValuePath, b: ValuePath): number {
  const apart = a.findIndex((step, i) => (typeof step === 'number' ? typeof b[i] !== 'number' : step !== b[i]));
  return apart < 0 ? a.length : apart;
}

function placeText(path: ValuePath): string {
  if (path.length === 0) return 'the document itself';
  return typeof path[path.length - 1] === 'number' ? `an item of ${pathText(path.slice(0, -1))}` : pathText(path);
}

function plainText(value: unknown): string {
  return typeof value === 'object' || value === undefined ? '...' : String(value);
}
