import { IntervalSet, setsOf } from '../address';
import { type Diagnostic, diagnostic, type Location } from '../diagnostics';
import { readAzure } from '../dialect/azure';
import { type ReadCalico, readCalico } from '../dialect/calico';
import { isCiliumSettings, readCilium } from '../dialect/cilium';
import type { Claims } from '../dialect/claims';
import { lacksReconciled, readAntreaObjects, readAwsObjects, undecided } from '../dialect/read-plane';
import {
  type DialectPolicy,
  type DialectReading,
  type OwnRanges,
  type ReadDialect,
  readingMap,
} from '../dialect/reading';
import { readTencent } from '../dialect/tencent';
import { podRules } from '../intent/label-selector';
import { LINK_LOCAL } from '../intent/special';
import type { Bundle } from '../manifest/bundle';
import { RECONCILED } from '../manifest/config-map';
import type { AgentDaemonSet } from '../manifest/daemon-set';
import { objectId } from '../manifest/object';
import { agentContainer, POD } from '../manifest/pod';
import { isAzureKey } from '../manifest/unread-key';
import type { Agent } from '../schema/generated/types-intent';
import type { SourceDocument } from '../source';
import { daemonSetSpec } from './agent-draft';
import { unreadNotes } from './agent-notes';
import type { Draft, DraftEgress, Drafted, FoundFacts } from './draft';
import { setEntries } from './entries';
import { leftOverNotes } from './left-over';

/** What is told beside the configuration. */
export interface DialectFacts {
  /** Whether pods are told to have IPv6 addresses. */
  readonly ipv6: boolean;
}

/** Drafts an intent of another data plane's configuration; undefined where none of it is that. */
export function draftDialect(claims: Claims, bundle: Bundle, { ipv6 }: DialectFacts): Drafted | undefined {
  const { antrea, aws, azure, calico, cilium, tencent } = claims;
  const azureSet = bundle.daemonSets.find(({ dialect }) => dialect !== undefined);
  const open = undecided(claims, azureSet);
  if (open.length > 0) return { diagnostics: open };
  if (calico.length > 0) return draftCalico(readCalico(calico), calico[0]!);
  if (cilium.length > 0) {
    const drafted = draftOf(readCilium(cilium, ipv6 || undefined), cilium[0]!.at([]));
    return withNotes(drafted, cilium.filter(isAgentFile).flatMap(ofConfig));
  }
  if (antrea.length > 0) return draftOf(readAntreaObjects(antrea, ipv6), antrea[0]!.at([]));
  if (azure.length > 0 || azureSet) return draftAzure(azure, azureSet);
  const [ofTencent] = tencent;
  if (ofTencent)
    return withNotes(draftOf(readTencent(ofTencent), ofTencent.at(['data', 'config'])), ofConfig(ofTencent));
  const [awsNode] = aws;
  return awsNode && withAwsFacts(draftOf(readAwsObjects(aws), awsNode.at(['metadata', 'name'])));
}

/** Whether a document is the agent's ConfigMap, and not Cilium's own settings. */
function isAgentFile(document: SourceDocument): boolean {
  return objectId(document)?.kind === 'ConfigMap' && !isCiliumSettings(document);
}

/** What is not imported of a ConfigMap of which an agent reads one key. */
function ofConfig(document: SourceDocument): Diagnostic[] {
  return unreadNotes(document, key => key === 'config', '"config"');
}

function withNotes({ diagnostics, ...drafted }: Drafted, notes: readonly Diagnostic[]): Drafted {
  return { ...drafted, diagnostics: [...diagnostics, ...notes] };
}

/** Drafts what Azure's agent does; on AKS with what it keeps by a ConfigMap of its own, where that is not there. */
function draftAzure(configMaps: readonly SourceDocument[], azureSet: AgentDaemonSet | undefined): Drafted {
  const [first] = configMaps;
  const at = (first ?? azureSet!.document).at([]);
  const read = readAzure({ configMaps, ...(azureSet && { daemonSet: azureSet }) });
  const { draft, diagnostics } = draftOf(read, at, azureAgent(first, azureSet));
  const own = configMaps.filter(document => objectId(document)?.name !== RECONCILED);
  const notes = [
    ...diagnostics,
    ...(azureSet ? azureNotes(azureSet) : []),
    ...own.flatMap(document => unreadNotes(document, isAzureKey, 'what begins with "ip-masq"')),
  ];
  if (!draft || azureSet || !lacksReconciled(configMaps)) return { ...(draft && { draft }), diagnostics: notes };
  const reading: DialectReading = { ...read.reading!, keepsOwn: ['vpc'] };
  const listed = setsOf(reading.kept.flatMap(({ cidrs }) => cidrs))[4];
  if (reading.linkLocal[4] === 'preserve' && !listed.containsSet(LINK_LOCAL[4])) {
    const message = `the agent merges this with AKS's own ConfigMap "${RECONCILED}", which may have link-local masqueraded and is not among what is imported; import both`;
    return { diagnostics: [...notes, diagnostic('MQ803', first!.at(['metadata', 'name']), { message })] };
  }
  return { draft: { ...draft, needsVpc: KEPT_BY_AKS, map: own => readingMap(reading, own) }, diagnostics: notes };
}

/** What the VPC's or the VNet's ranges are needed for. */
const KEPT_BY_AWS = "the VPC's ranges, to which AWS's CNI never translates";
const KEPT_BY_AKS = `the VNet's ranges, which AKS preserves by ConfigMap "${RECONCILED}", or import that one too`;

/** How Azure's agent runs; its image reads other files, so masq's own choice is taken. */
function azureAgent(configMap: SourceDocument | undefined, daemonSet: AgentDaemonSet | undefined): Agent {
  const namespace = daemonSet?.namespace ?? (configMap && objectId(configMap)?.namespace);
  const { image: _theirs, flavor: _none, ...spec } = daemonSet ? daemonSetSpec(daemonSet, false) : {};
  return { ...spec, ...(namespace !== undefined && namespace !== 'kube-system' && { namespace }) };
}

function azureNotes(daemonSet: AgentDaemonSet): Diagnostic[] {
  const { document, image } = daemonSet;
  const path = [...POD, 'containers', agentContainer(document), 'image'];
  const message = `image "${image}" is Azure's, which reads files of its own; masq renders ip-masq-agent of kubernetes-sigs in its place`;
  return [diagnostic('MQ801', document.at(path), { message }), ...leftOverNotes(daemonSet)];
}

function draftOf({ reading, diagnostics }: ReadDialect, at: Location, agent: Agent = {}): Drafted {
  return reading ? { draft: readingDraft(reading, at, agent), diagnostics } : { diagnostics };
}

function readingDraft(reading: DialectReading, at: Location, agent: Agent, found: FoundFacts = {}): Draft {
  const { as, kept, resyncInterval, randomFully, toPorts, egress } = reading;
  const masquerades = kept.length > 0 || reading.linkLocal[4] === 'preserve' || egress.length === 0;
  return {
    as,
    platform: 'kubernetes',
    found,
    ...(masquerades && { kept }),
    agent: () => ({
      ...agent,
      ...(resyncInterval !== undefined && resyncInterval !== '60s' && { resyncInterval }),
      ...(masquerades && !randomFully && { randomFully: false }),
      ...(masquerades && toPorts !== undefined && { toPorts: toPorts.split(',') }),
    }),
    ...(egress.length > 0 && { egress: draftEgress(egress) }),
    ipv6Unknown: false,
    nodesByAddress: reading.keepsOwn.includes('nodes') || egress.length > 0,
    ...(reading.keepsOwn.includes('vpc') &&
      !kept.some(range => range.text === '0.0.0.0/0') && { needsVpc: KEPT_BY_AWS }),
    at,
    map: own => readingMap(reading, own),
  };
}

function draftEgress(policies: readonly DialectPolicy[]): DraftEgress {
  return {
    floatingIPs: [
      ...new Map(policies.toReversed().map(({ sourceIP: text, at }) => [text, { text, ...(at && { at }) }])).values(),
    ].toReversed(),
    policies: merged(policies).map(policy => ({
      name: policy.name,
      from: podRules(policy.pods),
      to: own => setEntries(outside(policy.destinations, own)),
      sourceIP: policy.sourceIP,
      ...(policy.at && { at: policy.at }),
    })),
  };
}

/** Policies with one address and the same destinations are one: an intent gives an address to one policy only. */
function merged(policies: readonly DialectPolicy[]): DialectPolicy[] {
  const result: DialectPolicy[] = [];
  for (const policy of policies) {
    const index = result.findIndex(
      other => other.sourceIP === policy.sourceIP && other.destinations.equals(policy.destinations),
    );
    if (index < 0) result.push(policy);
    else result[index] = { ...result[index]!, pods: [...result[index]!.pods, ...policy.pods] };
  }
  return result;
}

function outside(destinations: IntervalSet, own: OwnRanges): IntervalSet {
  return destinations.subtract(IntervalSet.unionOf(4, [own.nodes[4], own.pods[4], own.services[4]]));
}

/** The pods' ranges are the pools that pods get addresses of. */
function draftCalico({ reading, pools, diagnostics }: ReadCalico, first: SourceDocument): Drafted {
  const at = pools[0]?.document.at(['spec', 'cidr']) ?? first.at([]);
  if (!reading) return { diagnostics };
  if (pools.length === 0) {
    const message = 'there is no IPPool among what is imported, and without any Calico masquerades nothing';
    return { diagnostics: [...diagnostics, diagnostic('MQ803', at, { message })] };
  }
  const podCIDRs = pools.filter(pool => pool.forPods).map(pool => pool.range.text);
  return { draft: readingDraft(reading, at, {}, podCIDRs.length > 0 ? { podCIDRs } : {}), diagnostics };
}

/** Where the CNI translates nothing, something outside does: that is what its option is for. */
function withAwsFacts(drafted: Drafted): Drafted {
  const { draft } = drafted;
  if (!draft?.kept?.some(range => range.text === '0.0.0.0/0')) return drafted;
  return { ...drafted, draft: { ...draft, found: { internetRoute: 'custom-default-route' } } };
}
