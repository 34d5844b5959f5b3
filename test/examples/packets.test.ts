import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { address } from '../../core/address';
import { checkFiles } from '../../core/check/check';
import { type Labels, selects } from '../../core/intent/selector';
import { intentTreatment } from '../../core/treatment/intent';
import { treatmentText } from '../../core/treatment/treatment';
import { committed, intents } from './examples';

interface Pod {
  readonly namespace: Labels;
  readonly labels: Labels;
}

const { clusters } = checkFiles(intents());

/** What happens to a packet: the first egress rule that selects its pod and destination decides, else the list. */
function treatment(cluster: string, destination: string, pod: Pod = { namespace: {}, labels: {} }): string {
  const map = intentTreatment(clusters.find(model => model.name === cluster)!);
  const to = address(destination);
  const rule = map.egress.find(
    ({ pods, destinations }) =>
      to.family === 4 &&
      destinations.has(to) &&
      pods.some(pair => selects(pair.namespaces, pod.namespace) && selects(pair.pods, pod.labels)),
  );
  return treatmentText((rule?.decision ?? map.base[to.family].at(to)).treatment);
}

const preserved = 'preserved';
const masqueraded = 'masqueraded';

describe('what the examples say of packets', () => {
  test.each([
    ['google-config-map', '10.4.5.6', preserved],
    ['google-config-map', '198.15.5.20', preserved],
    ['google-config-map', '169.254.169.254', preserved],
    ['google-config-map', '203.0.113.9', masqueraded],
    ['upstream-user-guide', '10.1.2.3', preserved],
    ['upstream-user-guide', '192.168.7.7', masqueraded],
    ['upstream-user-guide', '169.254.1.1', preserved],
    ['upstream-user-guide-link-local', '10.1.2.3', preserved],
    ['upstream-user-guide-link-local', '169.254.1.1', masqueraded],
    ['autopilot-default-policy', '172.16.9.9', preserved],
    ['autopilot-default-policy', '100.64.0.1', preserved],
    ['autopilot-default-policy', '240.0.0.1', preserved],
    ['autopilot-default-policy', '8.8.8.8', masqueraded],
    ['autopilot-default-policy', '169.254.1.1', preserved],
    ['autopilot-custom-policy', '10.200.1.1', preserved],
    ['autopilot-custom-policy', '100.100.5.5', masqueraded],
    ['autopilot-custom-policy', '172.16.9.9', masqueraded],
    ['autopilot-custom-policy', '100.64.3.3', preserved],
    ['anthos-gateway', '8.8.8.8', masqueraded],
    ['link-local-masquerade', '169.254.10.1', masqueraded],
    ['link-local-masquerade', '203.0.113.9', preserved],
    ['internet-through-cloud-nat', '8.8.8.8', preserved],
    ['gke-managed-agent', '172.20.1.1', masqueraded],
    ['gke-managed-agent', '172.19.1.1', preserved],
    ['gke-managed-agent', '8.8.8.8', masqueraded],
    ['gke-1-13-docker', '172.16.9.9', masqueraded],
    ['gke-1-13-containerd', '172.16.9.9', preserved],
    ['gke-1-14-any-image', '172.16.9.9', preserved],
    ['gke-1-13-containerd', '100.64.0.1', masqueraded],
    ['gke-1-14-any-image', '100.64.0.1', preserved],
    ['masq-agent', '172.16.5.5', preserved],
    ['masq-agent', 'fd00:10:244::9', preserved],
    ['masq-agent', '192.0.2.7', masqueraded],
    ['masq-agent', '2001:db8::1', masqueraded],
    ['kubernetes-egress-gateway', '10.4.5.6', preserved],
    ['kubernetes-egress-gateway', 'fd12::1', preserved],
    ['kubernetes-egress-gateway', '10.200.0.9', masqueraded],
    ['fleet-shop-standard', '172.20.1.1', preserved],
    ['fleet-reports-autopilot', '172.20.1.1', preserved],
    ['fleet-plant-kubernetes', '172.20.1.1', preserved],
    ['fleet-plant-kubernetes', '172.21.66.5', masqueraded],
    ['fleet-shop-standard', '172.21.66.5', preserved],
  ])('%s: to %s %s', (cluster, destination, wanted) => {
    expect(treatment(cluster, destination)).toMatch(new RegExp(`^${wanted}`));
  });

  const pod = (namespace: Labels, labels: Labels): Pod => ({ namespace, labels });
  test.each([
    ['anthos-gateway', '8.8.8.8', pod({ user: 'alice' }, { role: 'frontend' }), '192.168.1.100'],
    ['anthos-gateway', '8.8.8.8', pod({ user: 'paul' }, { role: 'frontend' }), '192.168.1.100'],
    ['anthos-gateway', '8.8.8.8', pod({ user: 'alice' }, { role: 'backend' }), masqueraded],
    ['anthos-gateway', '8.8.8.8', pod({ user: 'eve' }, { role: 'frontend' }), masqueraded],
    ['anthos-gateway', '8.8.4.4', pod({ user: 'alice' }, { role: 'frontend' }), masqueraded],
    ['anthos-gateway-1-10', '8.8.8.8', pod({ user: 'alice' }, { role: 'frontend' }), '192.168.1.100'],
    ['kubernetes-egress-gateway', '203.0.113.7', pod({ team: 'payments' }, { tier: 'web' }), '192.168.1.100'],
    ['kubernetes-egress-gateway', '203.0.113.7', pod({ team: 'payments' }, { tier: 'batch' }), masqueraded],
    ['kubernetes-egress-gateway', '198.51.100.5', pod({ team: 'search' }, { role: 'crawler' }), '192.168.1.101'],
    ['kubernetes-egress-gateway', '198.51.100.200', pod({ team: 'search' }, { role: 'crawler' }), masqueraded],
    [
      'fleet-plant-kubernetes',
      '198.51.100.70',
      pod({ 'kubernetes.io/metadata.name': 'exchange' }, { app: 'uplink' }),
      '172.22.8.100',
    ],
    [
      'fleet-plant-kubernetes',
      '198.51.100.7',
      pod({ 'kubernetes.io/metadata.name': 'exchange' }, { app: 'uplink' }),
      masqueraded,
    ],
  ])('%s: to %s from %o: %s', (cluster, destination, from, wanted) => {
    expect(treatment(cluster, destination, from)).toContain(wanted);
  });
});

test.each([
  ['fleet-ts-eu-staging', ['10.0.0.0/8']],
  ['fleet-ts-eu-production', ['10.0.0.0/8', '172.20.0.0/15']],
  ['fleet-ts-us-production', ['10.0.0.0/8', '172.20.0.0/15']],
])('the list of %s', (cluster, list) => {
  const object = parse(committed().get(`${cluster}/20-configmap-ip-masq-agent.yaml`)!) as { data: { config: string } };
  expect(parse(object.data.config)).toEqual({
    nonMasqueradeCIDRs: list,
    masqLinkLocal: false,
    resyncInterval: '60s',
  });
});
