import { describe, expect, test } from 'vitest';
import { address } from '../../core/address';
import { podSets } from '../../core/analysis/enforced';
import { nodeTreatment } from '../../core/analysis/node-subject';
import { hasKernel, inNamespace } from '../dataplane/kernel';
import { ADVERSARIES, type Answers, saveOf, USUAL } from './adversaries';
import { nodeOf } from './node-of';

/** What is said of packets from pods to some destinations. */
function said(dump: string, pods: string, to: readonly string[]): Answers {
  const { base } = nodeTreatment(nodeOf(dump), podSets(pods));
  return Object.fromEntries(to.map(one => [one, base[4].at(address(one)).treatment.kind]));
}

describe.each(ADVERSARIES)('$name', ({ rules, ipsets = '', pods = '10.244.0.0/16', answers = USUAL, isUnloadable }) => {
  const to = Object.keys(answers);

  test('is answered', () => {
    expect(said(saveOf({ rules }) + ipsets, pods, to)).toEqual(answers);
    const counted = saveOf({ rules }).replace(/^-A /gm, '[17:1234] -A ').replaceAll('\n', '\r\n');
    expect(said(counted + ipsets, pods, to)).toEqual(answers);
  });

  test.skipIf(isUnloadable || !hasKernel())('is answered alike when a kernel has it, and nft lists it', () => {
    const A = saveOf({ rules });
    for (const flavour of ['nft', 'legacy']) {
      const saved = inNamespace(`iptables-${flavour}-restore < A; iptables-${flavour}-save -c`, { A });
      expect(said(saved, pods, to), saved).toEqual(answers);
    }
    const both = inNamespace('iptables-nft-restore < A; iptables-nft-save; nft -j list ruleset', { A });
    expect(said(both, pods, to), both).toEqual(answers);
  });
});
