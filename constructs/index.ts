/**
 * cdk8s constructs for Kubernetes IP masquerading and egress NAT: a whole cluster's intent, or each part by itself.
 *
 * @packageDocumentation
 */

export type { ListedCidr } from '../core/agentfile/write';
export type { Diagnostic } from '../core/diagnostics';
export type { ClusterModel } from '../core/intent/model';
export type { CrdName } from '../core/schema/generated/crds';
export type {
  Agent,
  AgentMetrics,
  AgentResources,
  ClusterIntentSpec,
  Egress,
  EgressPolicy,
  Gateway,
  LabelRequirement,
  LabelSelector,
  Masquerade,
  Network,
  PodRule,
  Quantities,
  RangeEntry,
  RangeRule,
  Ranges,
} from '../core/schema/generated/types-intent';
export { AnthosClusterPatch, type AnthosClusterPatchProps } from './anthos-cluster-patch';
export { ClusterIntent, type ClusterIntentProps, IntentChart, type ReadIntent } from './cluster-intent';
export {
  EgressNATPolicyV1,
  EgressNATPolicyV1Alpha1,
  type EgressNATPolicyV1Alpha1Props,
  type EgressNATPolicyV1Props,
  type EgressRule,
} from './egress-nat-policy';
export { CustomResourceDefinitions, type CustomResourceDefinitionsProps } from './gateway-crds';
export { ArgoCdApplication, type ArgoCdApplicationProps, type ArgoCdSourceProps } from './gitops/argocd-application';
export { ArgoCdApplicationSet, type ArgoCdApplicationSetProps } from './gitops/argocd-application-set';
export { ArgoCdFleet, type ArgoCdFleetProps } from './gitops/argocd-fleet';
export { type ArgoCdDestination, ArgoCdProject, type ArgoCdProjectProps } from './gitops/argocd-project';
export type { FleetProps } from './gitops/fleet';
export { FluxCluster, type FluxClusterProps, FluxFleet, type FluxFleetProps } from './gitops/flux-fleet';
export { FluxKustomization, type FluxKustomizationProps } from './gitops/flux-kustomization';
export { FluxSource, type FluxSourceProps } from './gitops/flux-source';
export {
  type RenderedCluster,
  type RenderedFolders,
  type RenderedKind,
  renderedClusters,
} from './gitops/rendered-clusters';
export { intentsFromFile } from './intents-from-file';
export { IpMasqAgent, type IpMasqAgentProps } from './ip-masq-agent';
export {
  type IpMasqAgentConfig,
  IpMasqAgentConfigMap,
  type IpMasqAgentConfigMapProps,
} from './ip-masq-agent-config-map';
export { IpMasqAgentDaemonSet, type IpMasqAgentDaemonSetProps } from './ip-masq-agent-daemon-set';
export { MasqApp, type MasqAppProps } from './masq-app';
export type { CommonProps } from './metadata';
export { AnthosNetworkGateway, NetworkGatewayGroup, type NetworkGatewayProps } from './network-gateway';
export { findingsOf } from './validation';
