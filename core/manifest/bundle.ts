import type { Diagnostic } from '../diagnostics';
import type { PlacedAddress, PolicyModel } from '../intent/model';
import type { SourceDocument } from '../source';
import { checkAgents } from './agents-together';
import type { AgentConfigMap } from './config-map';
import type { AgentDaemonSet } from './daemon-set';
import type { NoSnatPolicy } from './egress-nat-policy';
import { checkGateways } from './gateways-together';
import { type FromObject, Identities } from './identities';

/** The objects of one folder or file, which are taken to be of one cluster. */
export interface Bundle {
  /** Every object, for duplicates. */
  readonly documents: SourceDocument[];
  /** ConfigMaps that hold an ip-masq-agent file. */
  readonly configMaps: AgentConfigMap[];
  /** DaemonSets that run ip-masq-agent. */
  readonly daemonSets: AgentDaemonSet[];
  /** EgressNATPolicies v1. */
  readonly noSnat: NoSnatPolicy[];
  /** EgressNATPolicies v1alpha1. */
  readonly policies: { readonly document: SourceDocument; readonly policy: PolicyModel }[];
  /** AnthosNetworkGateways and NetworkGatewayGroups. */
  readonly gateways: { readonly document: SourceDocument; readonly floatingIPs: readonly PlacedAddress[] }[];
}

/** A bundle without objects. */
export function emptyBundle(): Bundle {
  return { documents: [], configMaps: [], daemonSets: [], noSnat: [], policies: [], gateways: [] };
}

/** A bundle's objects but for those of some documents. */
export function withoutDocuments(bundle: Bundle, isOut: (document: SourceDocument) => boolean): Bundle {
  const rest = <T extends FromObject>(items: readonly T[]): T[] => items.filter(({ document }) => !isOut(document));
  return {
    documents: bundle.documents.filter(document => !isOut(document)),
    configMaps: rest(bundle.configMaps),
    daemonSets: rest(bundle.daemonSets),
    noSnat: rest(bundle.noSnat),
    policies: rest(bundle.policies),
    gateways: rest(bundle.gateways),
  };
}

/** Checks what the objects of one folder have to agree on. */
export function checkBundle(bundle: Bundle): Diagnostic[] {
  const identities = new Identities(bundle.documents);
  return [...identities.duplicates(), ...checkAgents(bundle, identities), ...checkGateways(bundle, identities)];
}
