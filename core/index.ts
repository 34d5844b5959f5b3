/**
 * masq's core: strict addresses and interval algebra, intents, treatment maps and translation validation. Pure: no
 * input or output, no cdk8s.
 *
 * @packageDocumentation
 */
export * from './address';
export { type AgentFlags, DEFAULT_FLAGS, type FlagFault, type ParsedFlags, parseAgentFlags } from './agentfile/flags';
export { type ReadAgentFile, readAgentFile, type Strictness } from './agentfile/read';
export { type AgentFile, type ListedCidr, writeAgentFile } from './agentfile/write';
export type { KubeObject } from './artefact/kube-object';
export {
  type AgentPlan,
  type ClusterPatchPlan,
  type DaemonSetPlan,
  type GatewayPlan,
  type GatewayPolicyPlan,
  type InternetRoute,
  type NoSnatPlan,
  type Plan,
  planCluster,
} from './artefact/plan';
export { verifyManifests } from './artefact/verify';
export { type Checked, Checker, type CheckOptions, checkFiles, type Input } from './check/check';
export * from './diagnostics';
export type { Entry } from './intent/entry';
export { API_VERSION, type LoadedIntents, loadIntents } from './intent/load';
export type * from './intent/model';
export { type GkeDefaultFacts, gkeDefault } from './intent/platform-default';
export type { Labels, PodSelector, Requirement, Selector } from './intent/selector';
export type { PlatformVersion } from './intent/version';
export type { AgentResources } from './schema/generated/types-intent';
export * from './settings';
export * from './source';
export { type AgentConfig, agentTreatment } from './treatment/agentfile';
export { intentTreatment } from './treatment/intent';
export {
  type Asked,
  type EgressRule,
  firstDifference,
  type Layer,
  mapOf,
  type TreatmentMap,
  type Witness,
  witnessText,
} from './treatment/map';
export {
  type Decision,
  MASQUERADE,
  masquerade,
  PRESERVE,
  sameTreatment,
  type Treatment,
  treatmentText,
} from './treatment/treatment';
