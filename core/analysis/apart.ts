import type { Diagnostic } from '../diagnostics';
import { type Bundle, checkBundle } from '../manifest/bundle';
import type { AgentConfigMap } from '../manifest/config-map';
import type { AgentDaemonSet } from '../manifest/daemon-set';
import { isLive } from './live';

/** The objects of clusters, folder by folder, and what is to be said of agents whose parts stand in several of them. */
export interface Gathered {
  readonly bundles: ReadonlyMap<string, Bundle>;
  /** By folders. */
  readonly remarks: ReadonlyMap<string, readonly string[]>;
  /** What is wrong with what was put together. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Looks for agents whose ConfigMap stands in another folder than their DaemonSet, as in bases and overlays of kustomize. Of
 * files that were named one by one, a DaemonSet and the one ConfigMap that it can mean are of one cluster; else folders are
 * clusters, and that is said.
 */
export function gatherParts(bundles: ReadonlyMap<string, Bundle>, areNamed: boolean): Gathered {
  const found = [...bundles].flatMap(([folder, bundle]) => partsOf(folder, bundle, bundles));
  const gathered = new Map(bundles);
  const remarks = new Map<string, string[]>();
  const diagnostics: Diagnostic[] = [];
  for (const one of found) {
    const isOnly = found.every(other => other === one || (other.folder !== one.folder && other.there !== one.there));
    if (!areNamed || !isOnly) {
      for (const folder of [one.folder, one.there]) remarks.set(folder, [apartText(found)]);
      continue;
    }
    const whole = together(bundles.get(one.folder)!, bundles.get(one.there)!);
    gathered.delete(one.folder);
    gathered.set(one.there, whole);
    diagnostics.push(...checkBundle(whole));
    remarks.set(one.there, [`${partText(one)} were named together and are taken for those of one cluster`]);
  }
  return { bundles: gathered, remarks, diagnostics };
}

/** A DaemonSet in a folder, and the ConfigMap that it mounts, in another one. */
interface Parts {
  readonly folder: string;
  readonly daemonSet: AgentDaemonSet;
  readonly there: string;
  readonly configMap: AgentConfigMap;
}

function partsOf(folder: string, bundle: Bundle, bundles: ReadonlyMap<string, Bundle>): Parts[] {
  const [daemonSet, another] = agentsOf(bundle);
  const reference = daemonSet?.configMaps[0];
  if (!daemonSet || another || !reference || isLive(folder)) return [];
  const isMeant = ({ name, namespace }: AgentConfigMap): boolean =>
    name === reference.name && namespace === daemonSet.namespace;
  if (bundle.configMaps.some(isMeant)) return [];
  return [...bundles].flatMap(([there, other]) => {
    const configMap = other.configMaps.find(isMeant);
    return configMap && !isLive(there) && agentsOf(other).length === 0 ? [{ folder, daemonSet, there, configMap }] : [];
  });
}

function agentsOf({ daemonSets }: Bundle): AgentDaemonSet[] {
  return daemonSets.filter(({ dialect }) => dialect === undefined);
}

function together(one: Bundle, other: Bundle): Bundle {
  return {
    documents: [...one.documents, ...other.documents],
    configMaps: [...one.configMaps, ...other.configMaps],
    daemonSets: [...one.daemonSets, ...other.daemonSets],
    noSnat: [...one.noSnat, ...other.noSnat],
    policies: [...one.policies, ...other.policies],
    gateways: [...one.gateways, ...other.gateways],
  };
}

/** The same for all clusters that it may be about. */
function apartText([one, another]: readonly Parts[]): string {
  const what = another
    ? 'DaemonSets of the agent stand in other folders than ConfigMaps that they may mount'
    : `${partText(one!)} stand in two folders`;
  return `${what}, and each folder is taken for a cluster: if they are of one, put them into one folder, or give what "kustomize build" prints`;
}

function partText({ daemonSet, configMap }: Parts): string {
  const of = ({ name = '', document }: AgentDaemonSet | AgentConfigMap): string =>
    `"${name}" (${document.source.file})`;
  return `DaemonSet ${of(daemonSet)} and the ConfigMap that it mounts, ${of(configMap)},`;
}
