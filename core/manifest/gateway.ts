import gatewaySchema from '../../schemas/json/networking.gke.io/anthosnetworkgateway_v1alpha1.json';
import groupSchema from '../../schemas/json/networking.gke.io/networkgatewaygroup_v1.json';
import { formatAddress } from '../address';
import type { Diagnostic } from '../diagnostics';
import { readAddresses } from '../intent/entry';
import { Findings } from '../intent/findings';
import type { PlacedAddress } from '../intent/model';
import { validateAnthosNetworkGateway } from '../schema/generated/validator-anthosnetworkgateway-v1alpha1';
import { validateNetworkGatewayGroup } from '../schema/generated/validator-networkgatewaygroup-v1';
import { valueAt } from '../schema/path';
import { shapeDiagnostics } from '../schema/shape';
import type { SourceDocument } from '../source';
import { checkMetadata, list } from './object';

/** Checks an AnthosNetworkGateway or a NetworkGatewayGroup, and reads its floating IPs. */
export function readGateway(document: SourceDocument): {
  readonly floatingIPs: readonly PlacedAddress[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const findings = new Findings(document);
  const preview = valueAt(document.value, ['kind']) === 'AnthosNetworkGateway';
  const validate = preview ? validateAnthosNetworkGateway : validateNetworkGatewayGroup;
  if (!validate(document.value)) {
    findings.addAll(shapeDiagnostics(document, validate.errors ?? [], preview ? gatewaySchema : groupSchema));
  }
  checkMetadata(document, findings);
  const path = ['spec', 'floatingIPs'];
  const floatingIPs = readAddresses(valueAt(document.value, path), path, findings);
  const seen = new Map<string, PlacedAddress>();
  for (const ip of floatingIPs) {
    const key = formatAddress(ip.address);
    const earlier = seen.get(key);
    if (earlier) {
      const related = [{ ...document.at(earlier.path), message: 'it stands here' }];
      findings.add('MQ516', ip.path, { message: `floating IP "${ip.text}" is listed twice; remove one`, related });
    } else seen.set(key, ip);
    if (ip.address.family === 6) {
      findings.add('MQ507', ip.path, `"${ip.text}" is IPv6; the egress NAT gateway handles IPv4 only`);
    }
  }
  if (floatingIPs.length === 1 && list(valueAt(document.value, path)).length === 1) {
    findings.add('MQ506', path, 'only one floating IP is given; at least two in each L2 domain are recommended', 'key');
  }
  const name = valueAt(document.value, ['metadata', 'name']);
  if (typeof name === 'string' && name !== 'default') {
    const message = `the gateway object is called "${name}"; the documents know no other name than "default"`;
    findings.add('MQ615', ['metadata', 'name'], { message, severity: 'warning' });
  }
  if (valueAt(document.value, ['metadata', 'namespace']) === undefined) {
    findings.add(
      'MQ606',
      ['metadata'],
      "the gateway object names no namespace; write the cluster's, such as cluster-cluster1",
      'key',
    );
  }
  return { floatingIPs, diagnostics: findings.list };
}
