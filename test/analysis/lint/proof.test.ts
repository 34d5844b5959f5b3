import { expect, test } from 'vitest';
import { meansTheSame } from '../../../core/analysis/lint/proof';

const policies = (mine: string): string => `apiVersion: networking.gke.io/v1
kind: EgressNATPolicy
metadata: {name: gke-1a2b3c4d-0}
spec: {action: NoSNAT, destinations: [{cidr: 10.128.0.0/20}]}
---
apiVersion: networking.gke.io/v1
kind: EgressNATPolicy
metadata: {name: default}
spec: {action: NoSNAT, destinations: [${mine}]}
`;

const same = (before: string, after: string): boolean =>
  meansTheSame({ file: 'a.yaml', text: policies(before) }, { file: 'a.yaml', text: policies(after) });

test('a change beside a policy that GKE itself manages is proved as any other', () => {
  const halves = '{cidr: 172.16.0.0/13}, {cidr: 172.24.0.0/13}';
  expect(same(halves, '{cidr: 172.16.0.0/12}')).toBe(true);
  expect(same(halves, '{cidr: 172.16.0.0/13}')).toBe(false);
});
