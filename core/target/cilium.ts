import { compareCidrs, FAMILIES, formatCidr, IntervalSet } from '../address';
import { writeAgentFile } from '../agentfile/write';
import { termsOf } from '../analysis/terms';
import { declaredRoute, listed } from '../artefact/plan';
import { podRules } from '../intent/label-selector';
import type { ClusterModel, PolicyModel } from '../intent/model';
import { LINK_LOCAL } from '../intent/special';
import { INTERNET_ROUTE, REASON } from '../manifest/object';
import { intentTreatment } from '../treatment/intent';
import {
  destinationsOf,
  familiesOf,
  podsOf,
  refuseForAll,
  refuseInside,
  refusePorts,
  refuseRandomFully,
} from './common';
import type { TargetFacts } from './facts';
import { metadataOf, objectFile, type TargetFile, valuesFile } from './file';
import { gatewayOf } from './gateway';
import type { Refusals } from './refusals';

/** How many CIDRs Cilium's map of the list holds. Source: cilium/cilium, pkg/maps/ipmasq (MaxEntriesIPv4 and IPv6). */
const MOST_CIDRS = 16_384;

/**
 * An intent for Cilium: the list as the ConfigMap of its own ip-masq-agent in eBPF, policies as CiliumEgressGatewayPolicy,
 * and what its Helm chart has to be told for them to count.
 * Sources: Cilium's pages "Masquerading" and "Egress Gateway"; cilium/cilium, pkg/ipmasq.
 */
export function ciliumFiles(model: ClusterModel, facts: TargetFacts, refusals: Refusals): TargetFile[] {
  const policies = model.egress?.policies ?? [];
  refuseForAll(refusals);
  if (model.masquerade) {
    refusePorts(refusals, "Cilium's eBPF chooses them");
    refuseRandomFully(refusals, false, "Cilium's eBPF keeps a source port where it can");
  }
  refuseInside(refusals, 'Cilium keeps these away from its egress gateways');
  return [
    ...(model.masquerade ? [listFile(model, refusals)] : []),
    ...policies.flatMap(policy => policyFile(model, policy, facts, refusals)),
    ...(model.masquerade || policies.length > 0 ? [chartValues(model)] : []),
  ];
}

function listFile(model: ClusterModel, refusals: Refusals): TargetFile {
  const { linkLocal, linkLocalIPv6 } = model.masquerade!;
  const map = intentTreatment(model);
  const list = familiesOf(model).flatMap(family => {
    const isKept = (family === 4 ? linkLocal : linkLocalIPv6) === 'preserve';
    const own = listed(map.base[family], isKept ? LINK_LOCAL[family] : IntervalSet.empty(family));
    if (own.length > MOST_CIDRS) {
      const message = `the list takes ${own.length} CIDRs, and Cilium's map holds ${MOST_CIDRS}; preserve fewer, wider ranges`;
      refusals.cannot(['spec', 'masquerade', 'preserve'], message);
    }
    return own;
  });
  const config = writeAgentFile({
    nonMasqueradeCIDRs: list,
    masqLinkLocal: linkLocal === 'masquerade',
    masqLinkLocalIPv6: model.network.ipv6 && linkLocalIPv6 === 'masquerade',
  });
  const { internetRoute } = declaredRoute(model, map);
  const metadata = metadataOf(model, 'ip-masq-agent', {
    namespace: model.agent.namespace,
    ...(internetRoute && { annotations: { [INTERNET_ROUTE]: internetRoute } }),
  });
  return objectFile(20, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { config } });
}

function policyFile(model: ClusterModel, policy: PolicyModel, facts: TargetFacts, refusals: Refusals): TargetFile[] {
  const { name, path, from, sourceIP, reason } = policy;
  if (!sourceIP) return [];
  const labels = gatewayOf(facts, sourceIP.address);
  if (!labels) {
    const message = `policy "${name}" needs to know which node holds ${sourceIP.text}: Cilium chooses its gateway by labels`;
    refusals.lacks(path, message, `write --gateway ${sourceIP.text}=kubernetes.io/hostname=NODE`);
    return [];
  }
  const { destinationCIDRs, excludedCIDRs } = destinations(destinationsOf(policy));
  const spec = {
    destinationCIDRs,
    egressGateway: { egressIP: sourceIP.text, nodeSelector: { matchLabels: labels } },
    ...(excludedCIDRs && { excludedCIDRs }),
    selectors: podRules(from),
  };
  const metadata = metadataOf(model, name, { ...(reason !== undefined && { annotations: { [REASON]: reason } }) });
  return [objectFile(50, { apiVersion: 'cilium.io/v2', kind: 'CiliumEgressGatewayPolicy', metadata, spec })];
}

/**
 * A policy's destinations as the fewest CIDRs, some of them excluded where that is fewer: each is an entry of Cilium's map
 * for every pod that is selected. What is excluded is so from all of them.
 */
function destinations(to: IntervalSet): { readonly destinationCIDRs: string[]; readonly excludedCIDRs?: string[] } {
  const terms = termsOf(to);
  const excluded = terms.flatMap(({ minus }) => minus).sort(compareCidrs);
  const isExact = IntervalSet.fromCidrs(4, excluded).intersect(to).isEmpty();
  if (excluded.length === 0 || !isExact) return { destinationCIDRs: to.cidrs().map(formatCidr) };
  return {
    destinationCIDRs: terms.map(({ cidr }) => formatCidr(cidr)),
    excludedCIDRs: excluded.map(formatCidr),
  };
}

/** The chart's values: what Cilium keeps by itself is one range of pods, which the intent keeps too. */
function chartValues(model: ClusterModel): TargetFile {
  const gateway = (model.egress?.policies ?? []).length > 0;
  const native = Object.fromEntries(
    FAMILIES.flatMap(family => {
      const [first] = podsOf(model, family).cidrs();
      const wanted = first && (family === 4 || model.network.ipv6);
      return wanted ? [[`ipv${family}NativeRoutingCIDR`, formatCidr(first)]] : [];
    }),
  );
  return valuesFile('cilium', {
    bpf: { masquerade: true },
    ...(model.masquerade && {
      enableIPv4Masquerade: true,
      enableIPv6Masquerade: model.network.ipv6,
      ipMasqAgent: { enabled: true },
      ...native,
    }),
    ...(gateway && { egressGateway: { enabled: true }, kubeProxyReplacement: true }),
  });
}
