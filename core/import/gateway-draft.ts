import { both, formatCidr, IntervalSet } from '../address';
import { type Diagnostic, diagnostic } from '../diagnostics';
import type { OwnRanges } from '../dialect/reading';
import { podRules } from '../intent/label-selector';
import type { Platform, PolicyModel } from '../intent/model';
import type { Bundle } from '../manifest/bundle';
import { egressRule } from '../manifest/denote';
import { list, objectId, record, written } from '../manifest/object';
import type { RangeEntry } from '../schema/generated/types-intent';
import { valueAt } from '../schema/path';
import type { SourceDocument } from '../source';
import { mapOf, type TreatmentMap, withIPv6 } from '../treatment/map';
import { type Decision, MASQUERADE, PRESERVE } from '../treatment/treatment';
import type { Draft, DraftEgress, Drafted, FoundFacts } from './draft';

/** Objects of the egress NAT gateway, and of the cluster that it is a part of. */
export interface GatewayObjects {
  readonly bundle: Bundle;
  /** Clusters of bare metal. */
  readonly clusters: readonly SourceDocument[];
}

/** Whether a document is the Cluster of Anthos on bare metal. */
export function isAnthosCluster(document: SourceDocument): boolean {
  const id = objectId(document);
  return id?.kind === 'Cluster' && id.apiVersion.startsWith('baremetal.cluster.gke.io/');
}

/** Drafts an intent of the egress NAT gateway, with the facts that a Cluster says. */
export function draftGateway({ bundle, clusters }: GatewayObjects): Drafted {
  const [cluster] = clusters;
  const { policies, gateways } = bundle;
  const found = cluster ? clusterFacts(cluster) : {};
  const diagnostics = previewNotes(bundle, found.version);
  const egress = policies.map(({ policy, document }) => {
    const rule = egressRule(policy);
    return { ...rule, decision: { ...rule.decision, at: document.at(['metadata', 'name']) } };
  });
  const platform = platformOf(bundle, cluster);
  const first = policies[0]?.document ?? gateways[0]?.document ?? cluster;
  const draft: Draft = {
    as: 'the egress NAT gateway',
    ...(platform && { platform }),
    found,
    agent: () => ({}),
    ...(policies.length + gateways.length > 0 && { egress: draftEgress(bundle) }),
    ipv6Unknown: false,
    at: first!.at([]),
    map: own => ({ ...platformMap(own), egress }),
  };
  return { draft, diagnostics };
}

/** What is said of the preview's gateway on a cluster that does not have it any more. */
function previewNotes({ gateways }: Bundle, version = ''): Diagnostic[] {
  const minor = /^v?1\.(\d+)(?:\.|$)/.exec(version)?.[1];
  if (minor === undefined || Number(minor) < 10) return [];
  return gateways
    .filter(({ document }) => objectId(document)?.kind === 'AnthosNetworkGateway')
    .map(({ document }) => {
      const message = `${version} has no AnthosNetworkGateway any more, so that no policy of it is served there; masq renders a NetworkGatewayGroup`;
      return diagnostic('MQ801', document.at(['kind']), { message, severity: 'warning' });
    });
}

/** A NetworkGatewayGroup alone may be masq's own on any cluster; in a cluster's namespace it is Google's. */
function platformOf({ gateways }: Bundle, cluster: SourceDocument | undefined): Platform | undefined {
  const isGoogles = gateways.some(({ document }) => {
    const id = objectId(document);
    return id?.kind === 'AnthosNetworkGateway' || id?.namespace?.startsWith('cluster-');
  });
  return cluster || isGoogles ? 'anthos-bare-metal' : undefined;
}

/** What policies do not speak of: inside of the cluster pods keep their address, and elsewhere the platform masquerades. */
export function platformMap(own: OwnRanges): TreatmentMap {
  const sets = both(f => IntervalSet.unionOf(f, [own.nodes[f], own.pods[f], own.services[f]]));
  const rest: Decision = { treatment: MASQUERADE, rule: "the platform's own masquerading" };
  const layer = { sets, decision: { treatment: PRESERVE, rule: "the cluster's own ranges" } };
  return withIPv6(mapOf([layer], { 4: rest, 6: rest }), { treatment: PRESERVE, rule: 'no IPv6 rules' });
}

/** The facts in a Cluster of bare metal; its control plane's nodes are named by their addresses. */
function clusterFacts({ value }: SourceDocument): FoundFacts {
  const text = (...path: string[]): string | undefined => {
    const found = valueAt(value, path);
    return typeof found === 'string' ? found : undefined;
  };
  const blocks = (of: string): string[] =>
    list(valueAt(value, ['spec', 'clusterNetwork', of, 'cidrBlocks'])).map(written);
  const nodes = list(valueAt(value, ['spec', 'controlPlane', 'nodePoolSpec', 'nodes']));
  const nodeIPs = nodes.map(node => written(record(node).address)).filter(address => address !== '');
  const [name, version] = [text('metadata', 'name'), text('spec', 'anthosBareMetalVersion')];
  const [pods, services] = [blocks('pods'), blocks('services')];
  return {
    ...(name !== undefined && { name }),
    ...(version !== undefined && { version }),
    ...(pods.length > 0 && { podCIDRs: pods }),
    ...(services.length > 0 && { serviceCIDRs: services }),
    ...(nodeIPs.length > 0 && { nodeIPs }),
  };
}

function draftEgress({ policies, gateways }: Bundle): DraftEgress {
  const declared = gateways.flatMap(({ floatingIPs, document }) =>
    floatingIPs.map(({ text, path }) => ({ text, at: document.at(path) })),
  );
  const used = policies.flatMap(({ policy: { sourceIP }, document }) =>
    sourceIP ? [{ text: sourceIP.text, at: document.at(sourceIP.path) }] : [],
  );
  const namespace = gateways[0] && objectId(gateways[0].document)?.namespace;
  return {
    floatingIPs:
      gateways.length > 0 ? declared : used.filter(({ text }, i) => used.findIndex(one => one.text === text) === i),
    ...(namespace !== undefined && { namespace }),
    policies: policies.map(({ policy, document }) => {
      const reason = valueAt(document.value, ['metadata', 'annotations', 'masq/reason']);
      return {
        name: policy.name,
        from: podRules(policy.from),
        to: () => destinations(policy),
        sourceIP: policy.sourceIP?.text ?? '',
        ...(typeof reason === 'string' && { reason }),
        at: document.at(['metadata', 'name']),
      };
    }),
  };
}

function destinations({ to }: PolicyModel): RangeEntry[] {
  return to.flatMap(entry => entry.cidrs.map(formatCidr));
}
