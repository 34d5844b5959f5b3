import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sandbox } from './sandbox';

const box = sandbox();

const egress = (ip: string): string => `apiVersion: crd.antrea.io/v1beta1
kind: Egress
metadata: {name: pay}
spec:
  appliedTo: {namespaceSelector: {matchLabels: {team: payments}}}
  egressIP: ${ip}
`;

const RANGES = ['--node-cidr=192.168.1.0/24', '--pod-cidr=10.244.0.0/16', '--service-cidr=10.96.0.0/12'];

test('what is imported of Antrea, which keeps nodes from no Egress by their range, differs in nothing from it', () => {
  box.write('antrea.yaml', egress('192.168.1.100'));
  expect(box.masq('import', 'antrea.yaml', ...RANGES, '--name=prod', '-o', 'prod.yaml').status).toBe(0);
  for (const sides of [
    ['antrea.yaml', 'prod.yaml'],
    ['prod.yaml', 'antrea.yaml'],
  ]) {
    const { status, stdout } = box.masq('diff', ...sides);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: `note: prod: the intent has no "masquerade" and leaves packets to 192.168.1.0/24 to the data plane, so that nothing changes there

no changes; 1 cluster compared
`,
    });
  }
});

test('a packet to paste into explain goes with facts for the side that needs them', () => {
  box.write('antrea.yaml', egress('192.168.1.100'));
  expect(box.masq('import', 'antrea.yaml', ...RANGES, '--name=prod', '-o', 'prod.yaml').status).toBe(0);
  box.write('other.yaml', egress('192.168.1.101'));
  const witnessOf = (...sides: string[]): string[] => {
    const { stdout } = box.masq('diff', ...sides, '--facts=prod.yaml');
    return stdout
      .match(/masq explain .*/)![0]
      .split(' ')
      .slice(1);
  };
  for (const [before, after] of [
    ['other.yaml', 'prod.yaml'],
    ['prod.yaml', 'other.yaml'],
  ]) {
    const { status, stdout } = box.masq(...witnessOf(before!, after!));
    expect(status).toBe(0);
    expect(stdout).toContain(after === 'prod.yaml' ? '192.168.1.100' : '192.168.1.101');
  }
});

test('that an agent is read without the ConfigMap that it mounts is said of the side that lacks it', () => {
  const agent = readFileSync('dist/google-config-map/30-daemonset-ip-masq-agent.yaml', 'utf8');
  const list = readFileSync('dist/google-config-map/20-configmap-ip-masq-agent.yaml', 'utf8');
  box.write('alone/daemon-set.yaml', agent);
  box.write('whole/daemon-set.yaml', agent);
  box.write('whole/config-map.yaml', list);
  const said =
    'DaemonSet "ip-masq-agent" mounts ConfigMap "ip-masq-agent", which is not there: the agent\'s built-in list is taken to hold';
  const of = (...args: string[]): string => box.masq('diff', ...args).stdout;
  expect(of('alone', 'whole')).toContain(`note: alone: ${said}\n`);
  expect(of('whole', 'alone')).toContain(`note: alone: ${said}\n`);
  expect(of('alone', 'whole', '--format=markdown')).toContain(said);
  expect(JSON.parse(of('alone', 'whole', '--format=json')).notes).toEqual([{ clusters: ['alone'], note: said }]);
  expect(of('whole', 'whole')).not.toContain('note');
  expect(box.masq('explain', 'alone', '--to=8.8.8.8').stdout).toContain('whose ConfigMap is not there');
});
