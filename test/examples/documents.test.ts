import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { committed, documentFact } from './examples';

type Leaves = Record<string, unknown>;

/** Every leaf of a value by its path; lists whose order means nothing are sorted first. */
function leaves(value: unknown, sets: readonly string[], path = ''): Leaves {
  if (Array.isArray(value)) {
    const items = sets.includes(path)
      ? [...value].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
      : value;
    return Object.assign({}, ...items.map((item, i) => leaves(item, sets, `${path}[${i}]`)));
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    return Object.assign({}, ...entries.map(([key, item]) => leaves(item, sets, path === '' ? key : `${path}.${key}`)));
  }
  return { [path]: value };
}

/** What is in the second value and not in the first, and the other way round. */
function compare(document: unknown, rendered: unknown, sets: readonly string[] = []) {
  const [wanted, found] = [leaves(document, sets), leaves(rendered, sets)];
  const differing = Object.entries(wanted).filter(([path, value]) => found[path] !== value);
  const added = Object.entries(found).filter(([path]) => !(path in wanted));
  return { differing: Object.fromEntries(differing), added: Object.fromEntries(added) };
}

const MANAGED = { 'metadata.labels.app.kubernetes.io/managed-by': 'masq' };
const KEPT = {
  'metadata.annotations.argocd.argoproj.io/compare-options': 'IgnoreExtraneous',
  'metadata.annotations.argocd.argoproj.io/sync-options': 'Delete=false,Prune=false',
  'metadata.annotations.kustomize.toolkit.fluxcd.io/prune': 'disabled',
};
const wave = (n: number) => ({ 'metadata.annotations.argocd.argoproj.io/sync-wave': String(n) });

describe('what is rendered equals the document, but for deliberate additions', () => {
  test.each([
    {
      document: 'google-daemonset.yaml',
      rendered: 'google-config-map/30-daemonset-ip-masq-agent.yaml',
      added: {
        ...MANAGED,
        ...wave(1),
        'metadata.labels.k8s-app': 'ip-masq-agent',
        'spec.template.spec.automountServiceAccountToken': false,
      },
    },
    {
      document: 'autopilot-default.yaml',
      rendered: 'autopilot-default-policy/50-egressnatpolicy-default.yaml',
      sets: ['spec.destinations'],
      added: { ...MANAGED, ...wave(2) },
    },
    {
      document: 'anthos-cluster.yaml',
      rendered: 'anthos-gateway/patches/cluster-cluster1.yaml',
      added: {
        ...KEPT,
        'metadata.annotations.argocd.argoproj.io/sync-options': 'Delete=false,Prune=false,ServerSideApply=true',
      },
    },
    {
      document: 'anthos-gateway.yaml',
      rendered: 'anthos-gateway/40-anthosnetworkgateway-default.yaml',
      added: { ...MANAGED, ...KEPT, ...wave(1) },
    },
    {
      document: 'anthos-policy.yaml',
      rendered: 'anthos-gateway/50-egressnatpolicy-egress.yaml',
      added: {
        ...MANAGED,
        ...wave(2),
        'metadata.annotations.masq/reason': "the customer's firewall lets this address in",
      },
    },
  ])('$document', ({ document, rendered, sets, added }) => {
    const object: unknown = parse(committed().get(rendered)!);
    expect(compare(documentFact(document), object, sets)).toEqual({ differing: {}, added });
  });

  test('the agent’s file: Google’s, its host bits cleared', () => {
    const document = JSON.parse(
      JSON.stringify(documentFact('google-config.yaml')).replace('198.15.5.92', '198.15.5.0'),
    );
    expect(compare(document, agentFile('google-config-map'), ['nonMasqueradeCIDRs'])).toEqual({
      differing: {},
      added: {},
    });
  });

  test('the agent’s file: upstream’s', () => {
    const document = documentFact('upstream-config.yaml');
    expect(compare(document, agentFile('upstream-user-guide-link-local'))).toEqual({ differing: {}, added: {} });
  });

  test('upstream’s node label', () => {
    const object = parse(committed().get('upstream-user-guide/30-daemonset-ip-masq-agent.yaml')!);
    expect(object.spec.template.spec.nodeSelector).toEqual({ 'node.kubernetes.io/masq-agent-ds-ready': 'true' });
  });

  test('a difference is noticed', () => {
    const document = { a: 1, b: [1, 2], c: { d: 'x' } };
    expect(compare(document, { a: 2, b: [2, 1], c: {}, e: 0 }, ['b'])).toEqual({
      differing: { a: 1, 'c.d': 'x' },
      added: { e: 0 },
    });
  });
});

function agentFile(cluster: string): unknown {
  const object = parse(committed().get(`${cluster}/20-configmap-ip-masq-agent.yaml`)!) as { data: { config: string } };
  return parse(object.data.config);
}
