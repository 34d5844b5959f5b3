import { IntervalSet } from '../address';
import { writeAgentFile } from '../agentfile/write';
import { declaredRoute, listed } from '../artefact/plan';
import type { ClusterModel } from '../intent/model';
import { INTERNET_ROUTE } from '../manifest/object';
import { intentTreatment } from '../treatment/intent';
import { refuseForAll, refuseIPv6, refusePolicies, refusePorts, refuseRandomFully } from './common';
import type { TargetFacts } from './facts';
import { metadataOf, objectFile, type TargetFile } from './file';
import type { Refusals } from './refusals';
import { vpcOf } from './vpc';

/** How many CIDRs the agent takes from one file. Source: Azure/ip-masq-agent-v2, `validate`. */
const MOST_CIDRS = 64;

/** Labels that AKS gives the ConfigMap: with `EnsureExists` its addon manager leaves what stands in it alone. */
const AKS_LABELS = {
  'addonmanager.kubernetes.io/mode': 'EnsureExists',
  component: 'ip-masq-agent',
  'kubernetes.io/cluster-service': 'true',
};

/**
 * An intent for Azure's ip-masq-agent-v2 as AKS runs it: the ConfigMap for lists of one's own, which the agent merges with
 * the one that AKS reconciles. That one is not known: what it preserves must be preserved, and its booleans may be either.
 * Sources: Azure/ip-masq-agent-v2, README.md and `merge`; Microsoft's page "Configure kubenet networking in AKS" and its
 * neighbours on the ConfigMap `azure-ip-masq-agent-config`.
 */
export function azureFiles(model: ClusterModel, facts: TargetFacts, refusals: Refusals): TargetFile[] {
  refuseForAll(refusals);
  refusePolicies(refusals, "Azure's agent has no egress gateway");
  if (!model.masquerade) return [];
  refusePorts(refusals, "Azure's agent has no setting for them");
  refuseRandomFully(refusals, false, "Azure's agent never randomises source ports");
  refuseIPv6(refusals, "Azure's agent needs --enable-ipv6 for that, which is AKS's to set");
  vpcOf(model, facts, refusals, "AKS itself has the agent preserve the VNet's ranges");
  const map = intentTreatment(model);
  // Link-local is listed: with the boolean of AKS's own file it would be masqueraded else.
  const list = listed(map.base[4], IntervalSet.empty(4));
  if (list.length > MOST_CIDRS) {
    const message = `the list takes ${list.length} CIDRs, and Azure's agent takes ${MOST_CIDRS}; preserve fewer, wider ranges`;
    refusals.cannot(['spec', 'masquerade', 'preserve'], message);
  }
  const file = writeAgentFile({
    nonMasqueradeCIDRs: list,
    masqLinkLocal: model.masquerade.linkLocal === 'masquerade',
    masqLinkLocalIPv6: false,
  });
  const { internetRoute } = declaredRoute(model, map);
  const metadata = metadataOf(model, 'azure-ip-masq-agent-config', {
    namespace: 'kube-system',
    labels: AKS_LABELS,
    ...(internetRoute && { annotations: { [INTERNET_ROUTE]: internetRoute } }),
  });
  return [objectFile(20, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'ip-masq-agent': file } })];
}
