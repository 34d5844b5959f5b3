import { expect, test } from 'vitest';
import { importIntent } from '../../core/import/import';

const daemonSet = (name: string, label: string, more = ''): string => `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: ${name}, namespace: net}
spec:
  selector: {matchLabels: {${label}}}
${more}  template:
    metadata: {labels: {${label}}}
    spec:
      hostNetwork: true
      tolerations: [{operator: Exists}]
      containers:
        - name: ip-masq-agent
          image: registry.k8s.io/networking/ip-masq-agent:v2.11.0
          securityContext: {capabilities: {add: [NET_ADMIN, NET_RAW]}}
`;

test.each([
  [daemonSet('ip-masq-agent', 'k8s-app: ip-masq-agent'), []],
  [
    daemonSet('masq', 'app: masq'),
    [
      'the DaemonSet is rendered as "ip-masq-agent", not as "masq": both would run on all nodes and write the same chain; delete this one when that is applied: kubectl -n net delete daemonset masq',
    ],
  ],
  [
    daemonSet('ip-masq-agent', 'app: masq', '  updateStrategy: {type: OnDelete}\n'),
    [
      'masq renders the selector k8s-app: ip-masq-agent, and that of an object that runs cannot be changed: delete this one before the new one is applied, its rules stay on the nodes',
      'OnDelete has no key in an intent: what masq renders replaces its pods by itself',
    ],
  ],
])('an import says what the DaemonSet that is rendered has not: %#', (text, said) => {
  const { diagnostics } = importIntent([{ file: 'a.yaml', text }]);
  expect(diagnostics.filter(({ code }) => code === 'MQ801').map(({ message }) => message)).toEqual(said);
});
