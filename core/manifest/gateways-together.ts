import { compareAddresses } from '../address';
import { type Diagnostic, diagnostic } from '../diagnostics';
import { claimText, sharedPacket } from '../intent/check-overlap';
import { valueAt } from '../schema/path';
import type { SourceDocument } from '../source';
import type { Bundle } from './bundle';
import type { Identities } from './identities';
import { list, objectId } from './object';

type Policy = Bundle['policies'][number];
type Gateway = Bundle['gateways'][number];

/** Checks that gateways hold addresses of their own, and that policies agree with them and with each other. */
export function checkGateways({ policies, gateways }: Bundle, identities: Identities): Diagnostic[] {
  const shared = gateways.flatMap((gateway, i) =>
    gateways
      .slice(0, i)
      .filter(other => identities.together(gateway, other))
      .flatMap(other => sharedAddresses(gateway, other)),
  );
  const disagreeing = policies.flatMap((policy, i) => {
    const beside = gateways.filter(gateway => identities.together(policy, gateway));
    const earlier = policies.slice(0, i).filter(other => identities.together(policy, other));
    return [...unserved(policy, beside), ...earlier.flatMap(other => conflict(policy, other))];
  });
  return [...shared, ...disagreeing];
}

function sharedAddresses({ document, floatingIPs }: Gateway, other: Gateway): Diagnostic[] {
  const elsewhere = otherCluster(document, other.document);
  return floatingIPs.flatMap(ip => {
    const twin = other.floatingIPs.find(one => compareAddresses(one.address, ip.address) === 0);
    if (!twin) return [];
    const related = [{ ...other.document.at(twin.path), message: 'it stands here' }];
    if (elsewhere !== undefined) {
      const message = `floating IP "${ip.text}" is that of the gateway in namespace "${elsewhere}" too; clusters of one network cannot share it`;
      return [diagnostic('MQ516', document.at(ip.path), { message, related, severity: 'note' })];
    }
    const message = `floating IP "${ip.text}" is that of another gateway object too; remove it from one`;
    return [diagnostic('MQ516', document.at(ip.path), { message, related })];
  });
}

/** The namespace of another cluster's gateway, since a cluster's gateway is in the namespace of the cluster; undefined for the same cluster's. */
function otherCluster(document: SourceDocument, other: SourceDocument): string | undefined {
  const [own, namespace] = [objectId(document)?.namespace, objectId(other)?.namespace];
  return own === undefined || own === namespace ? undefined : namespace;
}

/** A policy whose source IP is not among the floating IPs, when all of those could be read. */
function unserved({ document, policy }: Policy, gateways: readonly Gateway[]): Diagnostic[] {
  const ip = policy.sourceIP;
  const floating = gateways.flatMap(gateway => gateway.floatingIPs);
  if (!ip || floating.length === 0 || !gateways.every(isWhole)) return [];
  if (floating.some(f => compareAddresses(f.address, ip.address) === 0)) return [];
  const message = `egressSourceIP "${ip.text}" is not among the floating IPs (${floating.map(f => f.text).join(', ')}); the policy would not be served`;
  return [diagnostic('MQ501', document.at(ip.path), { message })];
}

function isWhole({ document, floatingIPs }: Gateway): boolean {
  return list(valueAt(document.value, ['spec', 'floatingIPs'])).length === floatingIPs.length;
}

/** Two policies that share a source IP, or claim the same packet. */
function conflict({ document, policy }: Policy, earlier: Policy): Diagnostic[] {
  const [ip, other] = [policy.sourceIP, earlier.policy.sourceIP];
  if (!ip || !other) return [];
  const related = [{ ...earlier.document.at(['metadata', 'name']), message: `policy "${earlier.policy.name}"` }];
  if (compareAddresses(ip.address, other.address) === 0) {
    const message = `policies "${earlier.policy.name}" and "${policy.name}" share egressSourceIP "${ip.text}"; each needs one of its own`;
    return [diagnostic('MQ502', document.at(ip.path), { message, related })];
  }
  const claim = sharedPacket(earlier.policy, policy);
  if (!claim) return [];
  const message = claimText(earlier.policy, policy, claim);
  return [diagnostic('MQ508', document.at(['metadata', 'name']), { message, related })];
}
