import { describe, expect, test } from 'vitest';
import { enforcedOf } from '../../core/analysis/enforced';
import { readSubjects } from '../../core/analysis/subject';
import { verifyNode } from '../../core/analysis/verify';
import { hasKernel, inNamespace } from '../dataplane/kernel';
import { nodeOf } from './node-of';
import { dumpOf, INTENT, kubeProxy } from './nodes';

const [subject] = readSubjects([{ file: 'masq.yaml', text: INTENT }]).subjects;

function verdictOf(text: string): string {
  return verifyNode(nodeOf(text), subject!.map, enforcedOf(subject!)).verdict;
}

const NODE = dumpOf([...kubeProxy(2), '@agent']);

const mangle = (rules: readonly string[]): string =>
  [
    NODE,
    '*mangle\n:PREROUTING ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]',
    ...rules,
    'COMMIT\n',
  ].join('\n');

const RESTORE = '-A PREROUTING -j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff';
const SAVE = '-A PREROUTING -j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff';
const MARK = '-A PREROUTING -d 10.9.0.0/16 -j MARK --set-xmark';

describe("marks of others' rules before the routing decision, where kube-proxy masquerades what is marked", () => {
  test.each([
    ["kube-proxy's own bit", [`${MARK} 0x4000/0xffffffff`], 'unproven'],
    ['with other bits', [`${MARK} 0x14001/0xffffffff`], 'unproven'],
    ['other bits', [`${MARK} 0x1/0xffffffff`], 'proven'],
    ['no bit', [`${MARK} 0x0/0x4000`], 'proven'],
    ['of connections', ['-A PREROUTING -j CONNMARK --set-xmark 0x4000/0x4000', RESTORE], 'unproven'],
    ['of connections, which others do not set', [RESTORE, `${MARK} 0x1/0xff`, SAVE], 'proven'],
    ["of the node's own packets", ['-A OUTPUT -j MARK --set-xmark 0x4000/0x4000'], 'proven'],
    [
      'for all sources but some',
      ['-A PREROUTING ! -s 192.168.1.0/24 -d 10.9.0.0/16 -j MARK --set-xmark 0x4000/0x4000'],
      'unproven',
    ],
    [
      'by all interfaces but one',
      ['-A PREROUTING ! -i lo -d 10.9.0.0/16 -j MARK --set-xmark 0x4000/0x4000'],
      'unproven',
    ],
    ["by pods' interfaces", ['-A PREROUTING -i cali+ -d 10.9.0.0/16 -j MARK --set-xmark 0x4000/0x4000'], 'unproven'],
    [
      "in a chain that is called nearly like kube-proxy's",
      [':KUBE-SNAT - [0:0]', '-A PREROUTING -j KUBE-SNAT', '-A KUBE-SNAT -j MARK --set-xmark 0x4000/0x4000'],
      'unproven',
    ],
    [
      'in a comment alone',
      ['-A PREROUTING -m comment --comment "a -j MARK --set-xmark 0x4000/0x4000" -j MARK --set-xmark 0x1/0x1'],
      'proven',
    ],
  ])('%s', (_, rules, verdict) => {
    expect(verdictOf(mangle(rules))).toBe(verdict);
  });

  test.each([
    ['that are masqueraded anyhow', '-d 8.8.8.0/24', 'proven'],
    ['that are to be preserved', '-d 10.9.0.0/16', 'unproven'],
    ['beside a source', '-s 10.244.0.0/16 -d 8.8.8.8/32', 'proven'],
    ['all but some', '! -d 8.8.8.0/24', 'unproven'],
    ['all', '', 'unproven'],
  ])('behind the routing decision, for destinations %s', (_, asked, verdict) => {
    const rule = `-A FORWARD ${asked} -j MARK --set-xmark 0x4000/0x4000`.replace('  ', ' ');
    expect(verdictOf(mangle([rule]))).toBe(verdict);
  });

  test('before it, where other rules may still send packets elsewhere', () => {
    expect(verdictOf(mangle(['-A PREROUTING -d 8.8.8.0/24 -j MARK --set-xmark 0x4000/0x4000']))).toBe('unproven');
  });

  test('a jump of others to the chain that marks', () => {
    const rules = [...kubeProxy(2), '-A PREROUTING -d 10.9.0.0/16 -j KUBE-MARK-MASQ', '@agent'];
    expect(verdictOf(dumpOf(rules))).toBe('unproven');
  });

  test.skipIf(!hasKernel()).each([
    ['meta mark set 0x4000', 'unproven'],
    ['meta mark set meta mark | 0x4000', 'unproven'],
    ['meta mark set meta mark | 0x8', 'proven'],
    ['meta mark set ct mark', 'proven'],
    ['ct mark set 0x4000', 'unproven'],
    ['meta mark set ct mark | 0x4000', 'unproven'],
    ['meta mark set ip daddr map { 10.9.0.1 : 0x4000 }', 'unproven'],
  ])('nft: %s', (rule, verdict) => {
    const table = (hook: string): string =>
      `table inet t {\n chain c {\n type filter hook ${hook} priority -150;\n ${rule};\n }\n}\n`;
    const script = 'iptables-nft-restore < A; nft -f B; iptables-nft-save; nft -j list ruleset';
    expect(verdictOf(inNamespace(script, { A: NODE, B: table('prerouting') }))).toBe(verdict);
    expect(verdictOf(inNamespace(script, { A: NODE, B: table('output') }))).toBe('proven');
  });
});
