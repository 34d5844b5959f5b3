import { type Both, FAMILIES, type IntervalSet } from '../address';
import { andList } from '../diagnostics';
import type { Bundle } from '../manifest/bundle';
import { WELL_KNOWN, WITHOUT_CONFIG_MAP } from '../manifest/denote';
import type { Decision } from '../treatment/treatment';
import { setsByLabel } from './diff';
import { interfaceNotes } from './node-subject';
import type { Subject } from './subject';
import { blockText, termsText } from './terms';

/** What is to be said of some clusters. */
export interface FleetNote {
  /** Their names, in their order. */
  readonly names: readonly string[];
  /** What is said of them. */
  readonly text: string;
}

/** Collects what is not known of clusters and what is told of all that they do hangs on. */
export class FleetNotes {
  private readonly names = new Map<string, Set<string>>();

  /** Adds a cluster. */
  add(subject: Subject): void {
    for (const text of notesOf(subject)) this.names.set(text, (this.names.get(text) ?? new Set()).add(subject.name));
  }

  /** The notes, each once. */
  list(): readonly FleetNote[] {
    return [...this.names].map(([text, names]) => ({ names: [...names].sort(), text }));
  }
}

/** What is not known of a cluster and what is told of any destination hangs on, each in words. */
function notesOf(subject: Subject): string[] {
  if (!subject.node) return [...leftOpenNotes(subject), ...strayNotes(subject), ...absentNotes(subject)];
  const decisions = FAMILIES.flatMap(family => [...setsByLabel(family, subject.map.base[family]).keys()]);
  return [...openNotes(subject), ...leavingNotes(subject, decisions)];
}

/** What is said where an intent leaves something to the data plane that it is compared with. */
function leftOpenNotes({ leftOpen, as }: Subject): string[] {
  const parts = FAMILIES.flatMap(family =>
    leftOpen?.[family].isEmpty() === false ? [termsText(leftOpen[family])] : [],
  );
  if (parts.length === 0) return [];
  return [
    `${as} has no "masquerade" and leaves packets to ${andList(parts)} to the data plane, so that nothing changes there`,
  ];
}

/**
 * What is said of an agent whose ConfigMap is not there. Where it stands in another folder, that is said already; and
 * whoever names what a cluster is read as, names it too.
 */
function absentNotes({ as, bundle, remarks = [] }: Subject): string[] {
  if (as !== WITHOUT_CONFIG_MAP || remarks.length > 0) return [];
  const daemonSet = bundle?.daemonSets.find(({ dialect }) => dialect === undefined);
  return [
    `DaemonSet "${daemonSet?.name}" mounts ConfigMap "${daemonSet?.configMaps[0]?.name}", which is not there: the agent's built-in list is taken to hold`,
  ];
}

/**
 * What is not known of a cluster or a node and what is said of it hangs on, each in words.
 * @param remedy what is to be said for the addresses of pods to be known. @default the facts of the intent
 */
export function openNotes(
  subject: Pick<Subject, 'node' | 'places' | 'bundle' | 'remarks'>,
  remedy?: string,
): readonly string[] {
  return [...strayNotes(subject), ...sourceNotes(subject, remedy), ...familyNotes(subject)];
}

/**
 * What is said where decisions hang on by which interface packets leave. Where it is not known either where they come from,
 * that comes first: most rules for an interface are for some sources.
 */
export function leavingNotes(subject: Pick<Subject, 'node' | 'places'>, decisions: Iterable<Decision>): string[] {
  return isSourceOpen(subject) ? [] : interfaceNotes(decisions);
}

/** Whether rules ask where packets come from, and nobody knows where pods have their addresses. */
function isSourceOpen({ node, places }: Pick<Subject, 'node' | 'places'>): boolean {
  return node?.asksForSources === true && !places.some(({ name }) => name === 'pods');
}

/** What is said of which files are taken for a cluster's, and of a ConfigMap that nobody may read. */
export function strayNotes({ bundle, remarks = [] }: Pick<Subject, 'bundle' | 'remarks'>): string[] {
  return [...remarks, ...unreadNotes(bundle)];
}

/**
 * What is said of a ConfigMap that is taken for an agent's file, without an agent beside it, and is not where GKE's agent
 * looks: who reads it is not known.
 */
function unreadNotes(bundle: Bundle | undefined): string[] {
  if (!bundle || bundle.daemonSets.length + bundle.noSnat.length > 0) return [];
  const [found] = bundle.configMaps.filter(({ files }) => files.size > 0);
  if (found?.name === undefined || found.namespace === undefined) return [];
  const { name, namespace } = found;
  if (name === WELL_KNOWN && namespace === 'kube-system') return [];
  return [
    `GKE's agent reads ConfigMap "${WELL_KNOWN}" in kube-system, and this one is "${name}" in ${namespace}: nobody reads it, unless a DaemonSet that is not here mounts it`,
  ];
}

/**
 * What is said of destinations that are Services': kube-proxy sends packets to their ports to pods, and which ones, and
 * what becomes of their source then, is not asked.
 */
export function serviceNotes({ node }: Pick<Subject, 'node'>, to: Both<IntervalSet>): string[] {
  if (!node) return [];
  return node.families.flatMap(family => {
    const services = node.services(family).intersect(to[family]);
    if (services.isEmpty()) return [];
    const [first, ...more] = services.cidrs().map(blockText);
    const [are, their] = more.length === 0 ? ['is the address of a Service', 'its'] : ['are of Services', 'their'];
    const which = more.length > 2 ? `${first} and ${more.length} more ranges` : andList([first!, ...more]);
    return [
      `${which} ${are} by kube-proxy's rules, which send packets to ${their} ports to pods and are not followed: what is told is of other packets`,
    ];
  });
}

function sourceNotes(subject: Pick<Subject, 'node' | 'places'>, remedy = '--facts with the intent'): string[] {
  return isSourceOpen(subject)
    ? [`where pods have their addresses is not known, and rules ask for it: say ${remedy}`]
    : [];
}

/** The files of which nothing says of which family the rules are. */
export function familyNotes({ node }: Pick<Subject, 'node'>): string[] {
  const told = (file: string): string =>
    `nothing in "${file}" says of which family its rules are, and they are taken for IPv4: if they are of IPv6, name the file so, as in "ip6tables.save"`;
  return (node?.filesOfNoFamily ?? []).map(told);
}
