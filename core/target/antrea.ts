import { FAMILIES, formatCidr } from '../address';
import { termsText } from '../analysis/terms';
import { unionOfEntries } from '../intent/entry';
import { labelSelector } from '../intent/label-selector';
import type { ClusterModel, PolicyModel } from '../intent/model';
import { REASON } from '../manifest/object';
import { destinationsOf, familiesOf, preservedBy, refuseForAll, refuseInside } from './common';
import type { TargetFacts } from './facts';
import { metadataOf, objectFile, type TargetFile, valuesFile } from './file';
import { gatewayOf } from './gateway';
import type { Refusals } from './refusals';

const API = 'crd.antrea.io/v1beta1';

/**
 * An intent for Antrea: policies as Egress with an ExternalIPPool each, from which an address moves on when its node
 * fails, and what its Helm chart has to be told. Antrea has no list: it masquerades what leaves to anything but pods, or
 * with `noSNAT` nothing.
 * Sources: Antrea's pages "Egress" and "NoEncap and Hybrid Traffic Modes"; antrea-io/antrea, pkg/agent/route.
 */
export function antreaFiles(model: ClusterModel, facts: TargetFacts, refusals: Refusals): TargetFile[] {
  const policies = model.egress?.policies ?? [];
  refuseForAll(refusals);
  const base = model.masquerade ? masqueradeValues(model, refusals) : {};
  if (policies.length > 0) {
    refuseInside(refusals, 'Antrea applies no Egress to these');
    if (base.noSNAT) {
      refusals.cannot(
        ['spec', 'egress'],
        'Egress needs traffic mode encap, and preserving every address noEncap; leave one out',
      );
    }
  }
  refuseNames(policies, refusals);
  const egress = exceptions(policies, refusals);
  const values = { ...base, ...egress };
  return [
    ...policies.flatMap(policy => policyFiles(model, policy, facts)),
    ...(Object.keys(values).length > 0 ? [valuesFile('antrea', values)] : []),
  ];
}

/** What the chart is told of packets that no policy is about: that nothing is masqueraded, since nodes never are. */
function masqueradeValues(model: ClusterModel, refusals: Refusals): { readonly noSNAT?: true } {
  if (FAMILIES.every(family => preservedBy(model, family).isFull())) return NOTHING_MASQUERADED;
  for (const family of familiesOf(model)) {
    const inside = unionOfEntries([...model.network.pods, ...model.network.services], family);
    const why =
      'Antrea has no list: it masquerades whatever leaves to anything but pods and Services, or nothing at all';
    refusals.mustBe('masquerade', inside.complement(), why);
  }
  return {};
}

/** Antrea masquerades nothing in no other mode. Source: the comment on `noSNAT` in antrea-agent.conf. */
const NOTHING_MASQUERADED = { noSNAT: true, trafficEncapMode: 'noEncap' } as const;

/** Antrea knows the destinations that no Egress is for, the same for each of them: all policies need the same ones. */
function exceptions(policies: readonly PolicyModel[], refusals: Refusals): { readonly egress?: object } {
  const [first, ...more] = policies;
  if (!first) return {};
  const wanted = destinationsOf(first);
  for (const policy of more) {
    const own = destinationsOf(policy);
    if (own.equals(wanted)) continue;
    const message = `policy "${policy.name}" is for ${termsText(own)} and "${first.name}" for ${termsText(wanted)}, but Antrea has one list of exceptions for every Egress; give both the same destinations`;
    refusals.cannot([...policy.path, 'to'], message);
  }
  const exceptCIDRs = wanted.complement().cidrs().map(formatCidr);
  return { egress: { exceptCIDRs } };
}

/** Refuses policies whose objects would have the name of another policy's. */
function refuseNames(policies: readonly PolicyModel[], refusals: Refusals): void {
  const taken = new Set<string>();
  for (const policy of policies) {
    const again = namesOf(policy).find(name => taken.has(name));
    if (again !== undefined) {
      refusals.cannot(
        policy.path,
        `an Egress of policy "${policy.name}" would be called "${again}", as another's is; rename it`,
      );
    }
    for (const name of namesOf(policy)) taken.add(name);
  }
}

/** The names of a policy's Egress objects: an Egress has one pair of selectors. */
function namesOf({ name, from }: PolicyModel): string[] {
  return from.length === 1 ? [name] : from.map((_, index) => `${name}-${index + 1}`);
}

function policyFiles(model: ClusterModel, policy: PolicyModel, facts: TargetFacts): TargetFile[] {
  const { name, from, sourceIP, reason } = policy;
  if (!sourceIP) return [];
  const names = namesOf(policy);
  const annotations = reason === undefined ? {} : { [REASON]: reason };
  const labels = gatewayOf(facts, sourceIP.address);
  const pool = {
    ipRanges: [{ end: sourceIP.text, start: sourceIP.text }],
    nodeSelector: labels ? { matchLabels: labels } : {},
  };
  return [
    objectFile(40, {
      apiVersion: API,
      kind: 'ExternalIPPool',
      metadata: metadataOf(model, name, { annotations }),
      spec: pool,
    }),
    ...from.map(({ namespaces, pods }, index) => {
      const spec = {
        appliedTo: { namespaceSelector: labelSelector(namespaces), podSelector: labelSelector(pods) },
        egressIP: sourceIP.text,
        externalIPPool: name,
      };
      return objectFile(50, {
        apiVersion: API,
        kind: 'Egress',
        metadata: metadataOf(model, names[index]!, { annotations }),
        spec,
      });
    }),
  ];
}
