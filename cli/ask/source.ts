import { type Address, formatAddress, IntervalSet, parseAddress } from '../../core/address';
import { familyNotes, openNotes, strayNotes } from '../../core/analysis/open-notes';
import type { Subject } from '../../core/analysis/subject';
import { termsText } from '../../core/analysis/terms';
import { andList } from '../../core/diagnostics';
import { type Labels, selects } from '../../core/intent/selector';
import type { TreatmentMap } from '../../core/treatment/map';
import type { Pod } from '../../core/treatment/pod-classes';
import { contextOf, livePod } from '../cluster';
import { parseLabels, podText } from './words';

/** Where packets come from, as far as somebody said. */
export interface Source {
  /** The pod, as selectors see it; absent: one that no egress policy selects. */
  readonly pod?: Pod;
  /** Its address. */
  readonly address?: Address;
  /** In words. */
  readonly text: string;
  /** What is known of it beside that, each in a line. */
  readonly notes: readonly string[];
}

/** The label that every namespace has with its own name. Source: Kubernetes, well-known labels. */
const NAME_LABEL = 'kubernetes.io/metadata.name';

/**
 * Reads what `--from` and `--namespace` say of the source: labels, or a pod's address, of which a running cluster knows
 * whose it is. What is wrong with them is a text.
 * @param sides the words for what is asked, in which a cluster may be
 */
export function readSource(
  from: string | undefined,
  namespace: string | undefined,
  sides: readonly string[],
): Source | string {
  const address = from === undefined ? undefined : parseAddress(from);
  if (address?.ok) {
    if (namespace !== undefined) return '--namespace is for labels; an address is in one namespace only';
    return ofAddress(address.value, sides);
  }
  if (from !== undefined && /^[\d.:/a-f]*[.:][\d.:/a-f]*$/i.test(from)) return `--from ${address!.fault.message}`;
  const labels = from === undefined ? {} : parseLabels(from);
  const outer = namespace === undefined ? {} : namespaceLabels(namespace);
  if (!labels)
    return `--from "${from}" is neither an address nor a list of labels; write KEY=VALUE, with commas between several`;
  if (!outer) return `--namespace "${namespace}" is no list of labels; write KEY=VALUE, with commas between several`;
  if (from === undefined && namespace === undefined) return { text: podText(undefined), notes: [] };
  const pod = { labels, namespace: outer };
  return { pod, text: podText(pod), notes: [] };
}

/** A namespace's labels, or its name, which is one of them. */
function namespaceLabels(text: string): Labels | undefined {
  return /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text) ? { [NAME_LABEL]: text } : parseLabels(text);
}

function ofAddress(address: Address, sides: readonly string[]): Source | string {
  const text = formatAddress(address);
  const contexts = sides.map(contextOf).filter(context => context !== undefined);
  for (const context of contexts) {
    const found = livePod(context, text);
    if (typeof found === 'string') return found;
    if (!found) continue;
    const { name, labels, namespace, hostNetwork } = found;
    const notes = hostNetwork
      ? [`${text} is the address of a node: pods with hostNetwork leave with it, whatever the rules say`]
      : [];
    return { address, pod: { labels, namespace }, text: `${text}, which is pod ${name}`, notes };
  }
  const notes = contexts.length > 0 ? [`no pod of the cluster has the address ${text}`] : [];
  return { address, text: `${text}, ${podText(undefined)}`, notes };
}

/** What is said where policies of the pod's namespace ask for labels of the pod, and only the namespace was told. */
function labelNotes({ labels, namespace }: Pod, { egress }: TreatmentMap): string[] {
  if (Object.keys(labels).length > 0) return [];
  const selectors = egress.flatMap(({ pods }) => pods.filter(({ namespaces }) => selects(namespaces, namespace)));
  const asked = [...new Set(selectors.flatMap(({ pods }) => pods.requirements.map(({ key }) => key)))];
  if (asked.length === 0) return [];
  const wanted = asked.length === 1 ? `its label ${asked[0]}` : `its labels ${andList(asked)}`;
  return [
    `nothing is told of the pod, and policies ask for ${wanted}: say --from ${asked.map(key => `${key}=VALUE`).join(',')}`,
  ];
}

/** What is said where policies ask for labels of the namespace of which nobody has told any, or its name alone. */
function namespaceNotes({ namespace }: Pod, { egress }: TreatmentMap): string[] {
  const told = Object.keys(namespace);
  if (told.some(key => key !== NAME_LABEL)) return [];
  const requirements = egress.flatMap(({ pods }) => pods.flatMap(({ namespaces }) => namespaces.requirements));
  const asked = [...new Set(requirements.map(({ key }) => key))].filter(key => !told.includes(key));
  if (asked.length === 0) return [];
  const known = told.length === 0 ? 'nothing is told of the namespace' : 'of the namespace only its name is told';
  const labels = asked.length === 1 ? `its label ${asked[0]}` : `its labels ${andList(asked)}`;
  return [`${known}, and policies ask for ${labels}: say --namespace ${asked.map(key => `${key}=VALUE`).join(',')}`];
}

/** What a cluster's own ranges say of the address that packets come from. */
export function sourceNotes(source: Source, subject: Subject): readonly string[] {
  const { address, pod } = source;
  if (address) return [...addressNotes(address, subject), ...strayNotes(subject), ...familyNotes(subject)];
  return [
    ...(pod ? [...labelNotes(pod, subject.map), ...namespaceNotes(pod, subject.map)] : []),
    ...openNotes(subject, '--from ADDRESS, or --facts with the intent'),
  ];
}

function addressNotes(address: Address, { places }: Subject): string[] {
  const text = formatAddress(address);
  const one = IntervalSet.fromRange(address, address);
  const own = (name: string): IntervalSet | undefined =>
    places.find(place => place.name === name)?.sets[address.family];
  const [pods, nodes] = [own('pods'), own('nodes')];
  if (nodes?.containsSet(one)) {
    return [
      `${text} is in the nodes' range: what a node or a pod with hostNetwork sends has that source, whatever the rules say`,
    ];
  }
  if (!pods || pods.isEmpty() || pods.containsSet(one)) return [];
  return [`${text} is in none of the cluster's pod ranges, ${termsText(pods)}`];
}
