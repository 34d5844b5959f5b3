import { formatCidr, type IntervalSet } from '../address';
import { writeAgentFile } from '../agentfile/write';
import type { ClusterModel } from '../intent/model';
import { record } from '../manifest/object';
import { valueAt } from '../schema/path';
import { plainDocument, type SourceDocument, SourceText } from '../source';

/**
 * What Cilium's chart writes into `cilium-config` of its values, as far as it is about source addresses.
 * Source: cilium/cilium, install/kubernetes/cilium/templates/cilium-configmap.yaml.
 * @param values the chart's values; absent: its own
 */
export function ciliumSettings({ network }: ClusterModel, values: SourceDocument | undefined): SourceDocument {
  const value = (...path: string[]): unknown => values && valueAt(values.value, path);
  const options = {
    'enable-bpf-masquerade': value('bpf', 'masquerade'),
    'enable-ip-masq-agent': value('ipMasqAgent', 'enabled'),
    'enable-ipv4-masquerade': value('enableIPv4Masquerade'),
    'enable-ipv6': network.ipv6,
    'enable-ipv6-masquerade': value('enableIPv6Masquerade'),
    'ipv4-native-routing-cidr': value('ipv4NativeRoutingCIDR'),
    'ipv6-native-routing-cidr': value('ipv6NativeRoutingCIDR'),
  };
  const given = Object.entries(options).filter(([, option]) => option !== undefined);
  return configMap('cilium-config', Object.fromEntries(given.map(([key, option]) => [key, String(option)])));
}

/** The DaemonSet that the EKS add-on makes of its configuration. Source: EKS user guide, "Amazon VPC CNI". */
export function awsVariables(configuration: SourceDocument): SourceDocument {
  const env = Object.entries(record(valueAt(configuration.value, ['env']))).map(([name, value]) => ({ name, value }));
  return objectOf({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'aws-node', namespace: 'kube-system' },
    spec: { template: { spec: { containers: [{ name: 'aws-node', env }] } } },
  });
}

/** The ConfigMap that AKS reconciles beside the one for lists of one's own: it preserves the VNet, and more is not known. */
export function reconciledByAks(vnet: IntervalSet, masqLinkLocal: boolean): SourceDocument {
  const nonMasqueradeCIDRs = vnet.cidrs().map(block => ({ cidr: formatCidr(block) }));
  const file = writeAgentFile({ nonMasqueradeCIDRs, masqLinkLocal, masqLinkLocalIPv6: false });
  return configMap('azure-ip-masq-agent-config-reconciled', { 'ip-masq-agent-reconciled': file });
}

function configMap(name: string, data: Readonly<Record<string, string>>): SourceDocument {
  return objectOf({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'kube-system' }, data });
}

function objectOf(object: object): SourceDocument {
  return plainDocument(object, '', new SourceText('', ''));
}
