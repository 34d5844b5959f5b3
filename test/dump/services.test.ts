import { describe, expect, test } from 'vitest';
import { cidr, formatCidr, setsOf } from '../../core/address';
import { serviceNotes } from '../../core/analysis/open-notes';
import { nodeOf } from './node-of';
import { dumpOf, kubeProxy } from './nodes';

const element = (key: unknown) => [key, { goto: { target: 'service-X' } }];

/** What nft lists of kube-proxy's Services, with what it writes beside a key that has a comment. */
const LISTING = JSON.stringify({
  nftables: [
    { table: { family: 'ip', name: 'kube-proxy' } },
    { table: { family: 'ip', name: 'other' } },
    { chain: { family: 'ip', table: 'kube-proxy', name: 'services' } },
    {
      map: {
        ...{ family: 'ip', table: 'kube-proxy', name: 'service-ips', map: 'verdict' },
        elem: [
          element({ concat: ['10.96.0.1', 'tcp', 443] }),
          element({ elem: { val: { concat: ['10.7.7.7', 'tcp', 80] }, comment: 'default/web' } }),
        ],
      },
    },
    { map: { family: 'ip', table: 'other', name: 'service-ips', elem: [element({ concat: ['9.9.9.9', 'tcp', 1] })] } },
  ],
});

describe('the addresses of Services', () => {
  test('are in the rules of iptables that kube-proxy writes', () => {
    const rules = [...kubeProxy(3), '-A KUBE-SERVICES -d 10.7.7.7/32 -p tcp -m tcp --dport 80 -j KUBE-EXT-X'];
    const found = nodeOf(dumpOf(rules)).services(4).cidrs().map(formatCidr);
    expect(found).toContain('10.7.7.7/32');
    expect(found.length).toBeGreaterThan(1);
  });

  test('are in its map, where nft lists it', () => {
    expect(nodeOf(LISTING).services(4).cidrs().map(formatCidr)).toEqual(['10.7.7.7/32', '10.96.0.1/32']);
    expect(nodeOf(LISTING).services(6).isEmpty()).toBe(true);
  });

  test.each([
    ['10.96.0.1/32', '10.96.0.1 is the address of a Service'],
    ['10.0.0.0/8', '10.7.7.7 and 10.96.0.1 are of Services'],
    ['9.0.0.0/8', undefined],
  ])('are told where packets to %s are asked about', (to, told) => {
    const notes = serviceNotes({ node: nodeOf(LISTING) }, setsOf([cidr(to)]));
    expect(notes.map(note => note.split(' by ')[0])).toEqual(told === undefined ? [] : [told]);
  });
});
