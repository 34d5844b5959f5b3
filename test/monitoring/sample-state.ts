import type { State } from '../../agent/state';

/** A state with every field. */
export const STATE: Required<State> = {
  version: '1.2.3',
  pid: 7,
  backend: 'nftables',
  verdict: 'enforced',
  ready: true,
  message: '',
  config: {
    path: '/etc/config/ip-masq-agent',
    valid: true,
    source: 'file',
    digest: '00f1',
    generation: 2,
    preserved: 5,
    findings: [],
  },
  resyncSeconds: 60,
  lastChange: '2026-01-02T03:04:05.250Z',
  lastProof: '2026-01-02T03:04:06.500Z',
  counts: { reconciles: 9, applies: 3, drifts: 1, failures: 4, refusals: 5, deletions: 6 },
};
