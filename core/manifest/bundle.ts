import { compareAddresses, formatCidr } from '../address';
import { type Diagnostic, diagnostic } from '../diagnostics';
import { claimText, sharedPacket } from '../intent/check-overlap';
import type { PlacedAddress, PolicyModel } from '../intent/model';
import { valueAt } from '../schema/path';
import type { SourceDocument } from '../source';
import { type AgentConfigMap, lacksConfig } from './config-map';
import type { AgentDaemonSet } from './daemon-set';
import type { NoSnatPolicy } from './egress-nat-policy';
import { list, objectId } from './object';

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

/**
 * Checks what the objects of one folder have to agree on. A folder in which files define the same object twice is no
 * cluster's but a collection (of examples, or of overlays): there, only objects of the same file have to agree.
 */
export function checkBundle(bundle: Bundle): Diagnostic[] {
  const twice = duplicates(bundle);
  const collection = twice.some(({ document, earlier }) => document.source !== earlier.source);
  const scopes = collection ? byFile(bundle) : [bundle];
  return [
    ...twice.map(duplicateText),
    ...scopes.flatMap(scope => [...scope.daemonSets.flatMap(d => agreement(d, scope)), ...policies(scope)]),
  ];
}

function byFile(bundle: Bundle): Bundle[] {
  const sources = new Set(bundle.documents.map(document => document.source));
  return [...sources].map(source => {
    const inFile = (item: { readonly document: SourceDocument }) => item.document.source === source;
    return {
      documents: bundle.documents.filter(document => document.source === source),
      configMaps: bundle.configMaps.filter(inFile),
      daemonSets: bundle.daemonSets.filter(inFile),
      noSnat: bundle.noSnat.filter(inFile),
      policies: bundle.policies.filter(inFile),
      gateways: bundle.gateways.filter(inFile),
    };
  });
}

/** An object and the one before it with the same kind, namespace and name. */
interface Duplicate {
  readonly document: SourceDocument;
  readonly earlier: SourceDocument;
}

function duplicates(bundle: Bundle): Duplicate[] {
  const seen = new Map<string, SourceDocument>();
  return bundle.documents.flatMap(document => {
    const id = objectId(document);
    if (!id?.name) return [];
    const key = [id.apiVersion.replace(/\/?v\d\w*$/, ''), id.kind, id.namespace ?? '', id.name].join('|');
    const earlier = seen.get(key);
    seen.set(key, earlier ?? document);
    return earlier ? [{ document, earlier }] : [];
  });
}

/** In one file a duplicate is a mistake; in two files it is one only if both are applied to the same cluster. */
function duplicateText({ document, earlier }: Duplicate): Diagnostic {
  const id = objectId(document)!;
  const what = `${id.kind} "${id.name}"${id.namespace === undefined ? '' : ` in namespace "${id.namespace}"`}`;
  const related = [{ ...earlier.at(['metadata', 'name']), message: 'the first one' }];
  const at = document.at(['metadata', 'name']);
  if (document.source === earlier.source) {
    const message = `${what} is defined twice; the later one overwrites the earlier`;
    return diagnostic('MQ605', at, { message, related });
  }
  const message = `${what} is defined in ${earlier.source.file} too; applied to one cluster, one overwrites the other`;
  return diagnostic('MQ605', at, { message, related, severity: 'note' });
}

function agreement(daemonSet: AgentDaemonSet, bundle: Bundle): Diagnostic[] {
  const { document } = daemonSet;
  const found: Diagnostic[] = [];
  for (const reference of daemonSet.configMaps) {
    const named = bundle.configMaps.filter(c => c.name === reference.name);
    if (named.length === 0 && bundle.configMaps.length > 0) {
      const other = bundle.configMaps[0]!;
      const message = `the DaemonSet reads ConfigMap "${reference.name}", but the one beside it is called "${other.name ?? ''}"; the agent would use its built-in list`;
      const related = [{ ...other.document.at(['metadata', 'name']), message: 'the ConfigMap' }];
      found.push(diagnostic('MQ602', document.at(reference.path), { message, related }));
    }
    for (const configMap of named) {
      if (configMap.namespace !== daemonSet.namespace) {
        const message = `the DaemonSet is in namespace "${daemonSet.namespace ?? ''}" and reads a ConfigMap of that namespace, but "${configMap.name}" is in "${configMap.namespace ?? ''}"`;
        found.push(
          diagnostic('MQ606', configMap.document.at(['metadata', 'namespace']), { message, severity: 'error' }),
        );
      } else if (
        !configMap.keys.includes(reference.key) &&
        !(reference.key === 'config' && lacksConfig(configMap.keys))
      ) {
        const message = `the DaemonSet takes the file from key "${reference.key}", which ConfigMap "${configMap.name}" lacks; it has ${configMap.keys.join(', ')}`;
        found.push(diagnostic('MQ603', configMap.document.at(['data'], 'key'), { message }));
      }
      found.push(...ipv6(daemonSet, configMap, reference.key));
    }
  }
  return [...found, ...defaults(daemonSet, bundle)];
}

function ipv6({ flags }: AgentDaemonSet, { document, files }: AgentConfigMap, key: string): Diagnostic[] {
  const list = files.get(key)?.nonMasqueradeCIDRs;
  if (!flags || !list) return [];
  const place = document.at(['data', key], 'key');
  const listed = list.find(cidr => cidr.family === 6);
  if (flags.enableIPv6 && !listed) {
    const message =
      '--enable-ipv6 without one IPv6 range in nonMasqueradeCIDRs masquerades all IPv6 between pods; list the pod and node ranges';
    return [diagnostic('MQ309', place, { message })];
  }
  if (!flags.enableIPv6 && listed) {
    const message = `nonMasqueradeCIDRs lists "${formatCidr(listed)}", but without --enable-ipv6 the agent writes no IPv6 rule: add the flag, or remove the IPv6 ranges`;
    return [diagnostic('MQ308', place, { message })];
  }
  return [];
}

/** Without a list beside it, the built-in one counts, and it is not the one that GKE has without an agent. */
function defaults(daemonSet: AgentDaemonSet, bundle: Bundle): Diagnostic[] {
  if (bundle.configMaps.length > 0 || !daemonSet.flags) return [];
  const reserved = daemonSet.flags.nomasqAllReservedRanges;
  const message = reserved
    ? 'no ConfigMap is beside the DaemonSet: without one the agent preserves its eleven built-in ranges'
    : 'no ConfigMap is beside the DaemonSet: without one the agent preserves three ranges (RFC 1918), not the eleven that GKE preserves by itself';
  const place = daemonSet.configMaps[0]?.path ?? ['metadata', 'name'];
  return [diagnostic('MQ310', daemonSet.document.at(place), { message, severity: 'note' })];
}

function policies(bundle: Bundle): Diagnostic[] {
  const found: Diagnostic[] = [];
  const floating = bundle.gateways.flatMap(gateway => gateway.floatingIPs);
  const allRead = bundle.gateways.every(
    ({ document, floatingIPs }) => list(valueAt(document.value, ['spec', 'floatingIPs'])).length === floatingIPs.length,
  );
  bundle.policies.forEach(({ document, policy }, j) => {
    const ip = policy.sourceIP;
    if (ip && allRead && floating.length > 0 && !floating.some(f => compareAddresses(f.address, ip.address) === 0)) {
      const message = `egressSourceIP "${ip.text}" is not among the floating IPs (${floating.map(f => f.text).join(', ')}); the policy would not be served`;
      found.push(diagnostic('MQ501', document.at(ip.path), { message }));
    }
    for (const earlier of bundle.policies.slice(0, j)) {
      const other = earlier.policy.sourceIP;
      if (!ip || !other) continue;
      const related = [{ ...earlier.document.at(['metadata', 'name']), message: `policy "${earlier.policy.name}"` }];
      if (compareAddresses(ip.address, other.address) === 0) {
        const message = `policies "${earlier.policy.name}" and "${policy.name}" share egressSourceIP "${ip.text}"; each needs one of its own`;
        found.push(diagnostic('MQ502', document.at(ip.path), { message, related }));
        continue;
      }
      const claim = sharedPacket(earlier.policy, policy);
      if (claim)
        found.push(
          diagnostic('MQ508', document.at(['metadata', 'name']), {
            message: claimText(earlier.policy, policy, claim),
            related,
          }),
        );
    }
  });
  return found;
}
