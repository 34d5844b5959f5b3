import type { Strictness } from '../agentfile/read';
import { type Diagnostic, diagnostic, suggest } from '../diagnostics';
import { Findings } from '../intent/findings';
import { valueAt } from '../schema/path';
import type { SourceDocument } from '../source';
import type { Bundle } from './bundle';
import { holdsAgentFile, isAgentConfigMap, readConfigMap } from './config-map';
import { isAgentDaemonSet, readDaemonSet, runsAgent } from './daemon-set';
import { readEgressPolicyV1, readEgressPolicyV1Alpha1 } from './egress-nat-policy';
import { readGateway } from './gateway';
import { checkMetadata, type ObjectId, objectId, written } from './object';

/** The kinds of `networking.gke.io` that masq knows. */
const KINDS = ['EgressNATPolicy', 'NetworkGatewayGroup', 'AnthosNetworkGateway', 'AnthosNetworkGatewayNode'];

/** Checks one object and adds it to its bundle; undefined when it is of a kind that masq does not know. */
export function readManifest(
  document: SourceDocument,
  bundle: Bundle,
  strictness?: Strictness,
): readonly Diagnostic[] | undefined {
  const found = readKnown(document, bundle, strictness);
  if (found) bundle.documents.push(document);
  return found ?? aside(document);
}

/** Objects that others have to agree with. */
function readKnown(
  document: SourceDocument,
  bundle: Bundle,
  strictness?: Strictness,
): readonly Diagnostic[] | undefined {
  if (isAgentConfigMap(document)) {
    const { configMap, diagnostics } = readConfigMap(document, strictness);
    bundle.configMaps.push(configMap);
    return diagnostics;
  }
  if (isAgentDaemonSet(document)) {
    const { daemonSet, diagnostics } = readDaemonSet(document);
    bundle.daemonSets.push(daemonSet);
    return diagnostics;
  }
  const id = objectId(document);
  switch (`${id?.apiVersion} ${id?.kind}`) {
    case 'networking.gke.io/v1 EgressNATPolicy': {
      const { policy, diagnostics } = readEgressPolicyV1(document);
      bundle.noSnat.push(policy);
      return diagnostics;
    }
    case 'networking.gke.io/v1alpha1 EgressNATPolicy': {
      const { policy, diagnostics } = readEgressPolicyV1Alpha1(document);
      bundle.policies.push({ document, policy });
      return diagnostics;
    }
    case 'networking.gke.io/v1alpha1 AnthosNetworkGateway':
    case 'networking.gke.io/v1 NetworkGatewayGroup': {
      const { floatingIPs, diagnostics } = readGateway(document);
      bundle.gateways.push({ document, floatingIPs });
      return diagnostics;
    }
    default:
      return isOurs(document) ? readMetadata(document) : undefined;
  }
}

/** What is said of objects that are near to those that masq knows. */
function aside(document: SourceDocument): readonly Diagnostic[] | undefined {
  const id = objectId(document);
  switch (id?.kind) {
    case 'EgressNATPolicy': {
      const both = 'networking.gke.io/v1 (GKE Autopilot) or networking.gke.io/v1alpha1 (egress NAT gateway)';
      const { diagnostics } = readEgressPolicyV1(document);
      return [wrongVersion(document, both), ...diagnostics.filter(d => d.path?.[0] === 'spec')];
    }
    case 'AnthosNetworkGateway':
      return [wrongVersion(document, 'networking.gke.io/v1alpha1')];
    case 'NetworkGatewayGroup':
      return [wrongVersion(document, 'networking.gke.io/v1')];
    case 'CiliumEgressNATPolicy':
    case 'CiliumEgressGatewayPolicy': {
      const message = `${id.kind} is Cilium's, with other rules than EgressNATPolicy; masq does not check it`;
      return [diagnostic('MQ611', document.at(['kind']), { message })];
    }
    case 'Kustomization':
      return id.apiVersion.startsWith('kustomize.config.k8s.io/') ? [] : undefined;
    case 'Cluster':
      return id.apiVersion.startsWith('baremetal.cluster.gke.io/') ? readCluster(document) : undefined;
    default:
      if (id === undefined) return undefined;
      return id.apiVersion.startsWith('networking.gke.io/')
        ? misspeltKind(document, id.kind, KINDS)
        : misspeltAgent(document, id);
  }
}

/** What is said of an object that would be an agent's, were it not for a slip in its kind. */
function misspeltAgent(document: SourceDocument, { apiVersion, kind }: ObjectId): readonly Diagnostic[] | undefined {
  if (!/^(?:v1|apps\/\w+|extensions\/\w+)?$/.test(apiVersion)) return undefined;
  const meant = suggest(kind, ['ConfigMap', 'DaemonSet'], 2);
  const isAgents = meant === 'ConfigMap' ? holdsAgentFile : runsAgent;
  return meant !== undefined && meant !== kind && isAgents(document)
    ? misspeltKind(document, kind, [meant])
    : undefined;
}

/** Checks an object of a kind without checks of its own. */
function readMetadata(document: SourceDocument): readonly Diagnostic[] {
  const findings = new Findings(document);
  checkMetadata(document, findings);
  return findings.list;
}

/** Checks that a Cluster of bare metal switches the gateway on in the one way that its version knows. */
function readCluster(document: SourceDocument): readonly Diagnostic[] {
  const version = written(valueAt(document.value, ['spec', 'anthosBareMetalVersion']));
  const minor = /^v?1\.(\d+)(?:\.|$)/.exec(version)?.[1];
  const annotation = ['metadata', 'annotations', 'baremetal.cluster.gke.io/enable-anthos-network-gateway'];
  const field = ['spec', 'clusterNetwork', 'advancedNetworking'];
  const isAnnotated = valueAt(document.value, annotation) === 'true';
  const isAdvanced = valueAt(document.value, field) === true;
  const isNew = Number(minor) >= 10;
  const hasIdle = isNew ? isAnnotated : isAdvanced;
  if (!hasIdle || minor === undefined) return readMetadata(document);
  const idle = isNew ? annotation : field;
  const instead = isNew
    ? 'write advancedNetworking: true below spec.clusterNetwork'
    : 'write the annotation baremetal.cluster.gke.io/enable-anthos-network-gateway: "true"';
  const message =
    isAnnotated && isAdvanced
      ? `the gateway is switched on by annotation and by advancedNetworking; on ${version} this one has no effect: remove it`
      : `on ${version} this switches no gateway on; ${instead}`;
  return [...readMetadata(document), diagnostic('MQ514', document.at(idle, 'key'), { message, severity: 'warning' })];
}

/** Whether an object of a kind without checks of its own was rendered by masq. */
function isOurs(document: SourceDocument): boolean {
  return valueAt(document.value, ['metadata', 'labels', 'app.kubernetes.io/managed-by']) === 'masq';
}

function wrongVersion(document: SourceDocument, wanted: string): Diagnostic {
  const id = objectId(document)!;
  const message = `${id.kind} does not exist in apiVersion "${id.apiVersion}"; write ${wanted}`;
  return diagnostic('MQ213', document.at(['apiVersion']), { message });
}

function misspeltKind(
  document: SourceDocument,
  kind: string,
  kinds: readonly string[],
): readonly Diagnostic[] | undefined {
  if (kinds.includes(kind.replace(/List$/, ''))) return [];
  const near = suggest(kind, kinds);
  if (near === undefined) return undefined;
  return [
    diagnostic('MQ213', document.at(['kind']), { message: `kind "${kind}" is unknown; did you mean "${near}"?` }),
  ];
}
