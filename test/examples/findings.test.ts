import { describe, expect, test } from 'vitest';
import { checkFiles } from '../../core/check/check';
import { documentFact, intents } from './examples';

/** Examples that are about a warning or a note; all others have none. */
const FINDINGS: Readonly<Record<string, readonly string[]>> = {
  'examples/anthos-gateway/intent.yaml': ['MQ513'],
  'examples/anthos-gateway-1-10/intent.yaml': ['MQ515'],
};

test.each(intents())('$file: no finding but the one that it is about', input => {
  expect(checkFiles([input]).diagnostics.map(found => found.code)).toEqual(FINDINGS[input.file] ?? []);
});

/** An example with one text replaced, and what is found in it then. */
function changed(example: string, from: string | RegExp, to: string): string[] {
  const { file, text } = intents().find(input => input.file === `examples/${example}/intent.yaml`)!;
  const broken = text.replace(from, to);
  expect(broken).not.toBe(text);
  return checkFiles([{ file, text: broken }]).diagnostics.map(found => `${found.code} ${found.message}`);
}

describe('what the examples say is refused', () => {
  test('host bits, as on Google’s page', () => {
    expect(changed('google-config-map', 'cidr: 198.15.5.0/24', 'cidr: 198.15.5.92/24')).toEqual([
      'MQ101 CIDR "198.15.5.92/24" has host bits set; did you mean "198.15.5.0/24"?',
    ]);
    const page = { file: 'config', text: JSON.stringify(documentFact('google-config.yaml')) };
    expect(checkFiles([page]).diagnostics.map(found => found.code)).toEqual(['MQ101']);
  });

  test.each([
    ['link-local-masquerade', /^ *except: .*\n/m, '', 'MQ302'],
    ['internet-through-cloud-nat', /^ *internetRoute: .*\n/m, '', 'MQ303'],
    ['internet-through-cloud-nat', '0.0.0.0/0', '0.0.0.0', 'MQ106'],
    ['autopilot-default-policy', /^ *defaultPolicy: .*\n/m, '', 'MQ408'],
    [
      'autopilot-default-policy',
      'defaultPolicy: replace',
      'defaultPolicy: add\n    policyName: gke-bbfa6c0e-1',
      'MQ410',
    ],
    ['autopilot-default-policy', '-gke.1600', '-gke.1599', 'MQ405'],
    ['autopilot-custom-policy', 'nodeCIDRs: [10.128.0.0/20]', 'nodeCIDRs: [172.16.0.0/20]', 'MQ305'],
    ['autopilot-custom-policy', '- cidr: 10.128.0.0/9', '- cidr: 100.64.0.0/10', 'MQ304'],
    ['gke-managed-agent', /$/, '  agent: { daemonSet: render }\n', 'MQ413'],
    ['gke-2018-defaults', /^ *nodeImage: .*\n/m, '', 'MQ414'],
    ['anthos-gateway', 'sourceIP: 192.168.1.100', 'sourceIP: 192.168.1.103', 'MQ501'],
    ['anthos-gateway', 'enable: annotation', 'enable: advancedNetworking', 'MQ514'],
    ['kubernetes-egress-gateway', 'sourceIP: 192.168.1.101', 'sourceIP: 192.168.1.100', 'MQ502'],
    ['fleet-yaml', '- range: data-centres', '- range: data-centers', 'MQ113'],
  ])('%s: %s as "%s": %s', (example, from, to, code) => {
    expect(changed(example, from, to).map(line => line.slice(0, 5))).toContain(code);
  });
});
