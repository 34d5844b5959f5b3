import { describe, expect, test } from 'vitest';
import { cidr } from '../../core/address';
import { loadIntents } from '../../core/intent/load';
import type { ClusterModel } from '../../core/intent/model';
import { parseSource } from '../../core/source';
import { NO_FACTS, type TargetFacts, type TargetName } from '../../core/target/facts';
import { mismatches } from '../../core/target/proof';
import { renderTarget } from '../../core/target/render';

const FACTS: TargetFacts = {
  ...NO_FACTS,
  vpc: [{ cidr: cidr('192.168.1.0/24') }],
  gateways: [{ labels: { egress: 'true' } }],
};

function modelOf(more: object, linkLocal = 'masquerade'): ClusterModel {
  const document = {
    apiVersion: 'masq/v1alpha1',
    kind: 'ClusterIntent',
    metadata: { name: 'prod' },
    spec: {
      platform: 'kubernetes',
      network: { nodeCIDRs: ['192.168.1.0/24'], podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/12'] },
      masquerade: { preserve: ['172.16.0.0/12'], linkLocal },
      ...more,
    },
  };
  return loadIntents(parseSource('intent.json', JSON.stringify(document)).documents).clusters[0]!;
}

const POLICY = {
  masquerade: undefined,
  egress: {
    floatingIPs: ['192.168.1.100', '192.168.1.101'],
    policies: [
      {
        name: 'partners',
        from: [{ podSelector: { matchLabels: { app: 'web' } }, namespaceSelector: {} }],
        to: [{ cidr: '0.0.0.0/0', except: ['192.168.1.0/24', '10.244.0.0/16', '10.96.0.0/12'] }],
        sourceIP: '192.168.1.100',
      },
    ],
  },
};

/** What is changed in the text of which file, and what is then found. */
const TAMPERED: readonly (readonly [TargetName, ClusterModel, RegExp, RegExp, string, RegExp])[] = [
  ['cilium', modelOf({}), /configmap/, /172\.16\.0\.0\/12/, '172.16.0.0/13', /^a packet to 172\.24\.0\.0 is preserved/],
  ['cilium', modelOf({}), /configmap/, / +- 192\.168\.1.*\n/, '', /^a packet to 192\.168\.1\.0 is preserved/],
  ['cilium', modelOf({}), /values/, /10\.244\.0\.0\/16/, '10.0.0.0/8', /^a packet to 10\.0\.0\.0 is masqueraded/],
  ['cilium', modelOf(POLICY), /egressgateway/, /app: web/, 'app: wep', /^a packet from a pod with labels \{app: web\}/],
  ['calico', modelOf({}), /masq-172/, /172\.16\.0\.0\/12/, '172.16.0.0/13', /^a packet to 172\.24\.0\.0 is preserved/],
  ['calico', modelOf({}), /felix/, /(spec:)/, '$1\n  natPortRange: "1:2"', /masqueraded with ports 1-2/],
  ['calico', modelOf({}), /default-ipv4/, /natOutgoing: true/, 'natOutgoing: false', /^a packet to 0\.0\.0\.0 is masq/],
  ['aws', modelOf({}), /values/, /172\.16\.0\.0\/12/, '172.16.0.0/13', /^a packet to 172\.24\.0\.0 is preserved/],
  ['aws', modelOf({}), /daemonset/, /172\.16\.0\.0\/12/, '172.16.0.0/11', /^a packet to 172\.0\.0\.0 is masqueraded/],
  ['azure', modelOf({}), /configmap/, /172\.16\.0\.0\/12/, '172.16.0.0/13', /^a packet to 172\.24\.0\.0 is preserved/],
  [
    'azure',
    modelOf({}),
    /configmap/,
    /masqLinkLocal: true/,
    'masqLinkLocal: false',
    /^a packet to 169\.254\.0\.0 is masq/,
  ],
  ['azure', modelOf({}, 'preserve'), /configmap/, / +- 169.*\n/, '', /^a packet to 169\.254\.0\.0 is preserved/],
  ['antrea', modelOf(POLICY), /values/, / +- 192\.168\.1\.0\/24\n/, '', /^a packet from .* to 192\.168\.1\.0/],
  ['antrea', modelOf(POLICY), /50-egress/, /192\.168\.1\.100/, '192.168.1.101', /SNATed to 192\.168\.1\.101/],
];

describe('what is about to be written is read back', () => {
  test.each(TAMPERED)('%s %#', (name, model, file, from, to, found) => {
    const { files, diagnostics } = renderTarget(name, model, FACTS);
    expect(diagnostics).toEqual([]);
    expect(mismatches(name, model, FACTS, files)).toEqual([]);
    const tampered = new Map([...files].map(([path, text]) => [path, file.test(path) ? text.replace(from, to) : text]));
    expect([...tampered.values()]).not.toEqual([...files.values()]);
    expect(mismatches(name, model, FACTS, tampered)[0] ?? '').toMatch(found);
  });
});
