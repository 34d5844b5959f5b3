import { describe, expect, test } from 'vitest';
import { formatAddress } from '../../core/address';
import { enforcedOf } from '../../core/analysis/enforced';
import { readSubjects } from '../../core/analysis/subject';
import { type NodeProof, verifyNode } from '../../core/analysis/verify';
import type { NodeRules } from '../../core/dump/node-rules';
import { hasKernel, inNamespace } from '../dataplane/kernel';
import { mapText } from '../dataplane/map-text';
import { nodeOf } from './node-of';
import { dumpOf, INTENT, NODES } from './nodes';

const [subject] = readSubjects([{ file: 'masq.yaml', text: INTENT }]).subjects;
const enforced = enforcedOf(subject!);

const proofOf = (node: NodeRules): NodeProof => verifyNode(node, subject!.map, enforced);

describe.each(NODES)('$name', ({ rules, verdict, owners = [], isRemedied = owners.length > 0, isLoadable = true }) => {
  const text = dumpOf(rules);
  const node = nodeOf(text);

  test(`is ${verdict}`, () => {
    const proof = proofOf(node);
    const [family] = proof.families;
    expect({
      verdict: proof.verdict,
      owners: family!.inTheWay.map(({ rule }) => node.ownerOf(4, rule)),
      isRemedied: family!.isRemedied,
    }).toEqual({ verdict, owners, isRemedied });
  });

  test('every rule that is named stands where it is said to stand', () => {
    const lines = text.split('\n');
    for (const { differences, inTheWay } of proofOf(node).families) {
      const rules = [
        ...inTheWay.map(one => one.rule),
        ...differences.flatMap(one => one.parts.flatMap(part => part.rules)),
      ];
      for (const rule of rules) {
        const at = node.placeOf(4, rule)!;
        expect(`iptables -t nat ${lines[at.range!.start.line - 1]}`).toBe(rule.text);
      }
    }
  });

  test('Windows line ends and counters change nothing', () => {
    const counted = text.replace(/^-A /gm, '[17:1234] -A ').replaceAll('\n', '\r\n');
    const other = nodeOf(counted);
    const shown = ({ differences, ...rest }: NodeProof['families'][number]): unknown => ({
      ...rest,
      differences: differences.map(({ to, parts }) => [
        formatAddress(to.first()!),
        to.count(),
        parts.map(({ is }) => is),
      ]),
    });
    expect(proofOf(other).families.map(shown)).toEqual(proofOf(node).families.map(shown));
    for (const { rule } of proofOf(other).families[0]!.inTheWay) {
      expect(other.placeOf(4, rule)!.range!.start.column).toBe('[17:1234] '.length + 1);
    }
  });

  test.skipIf(!isLoadable || !hasKernel())(
    'denotes the same when the kernel has it, in both flavours and as nft lists it',
    () => {
      const wanted = mapText(node.map(4, enforced.pods?.[4])).replace(/by \S+ -t nat /g, 'by ');
      for (const flavour of ['nft', 'legacy']) {
        const saved = inNamespace(`iptables-${flavour}-restore < A; iptables-${flavour}-save -c`, { A: text });
        expect(mapText(nodeOf(saved).map(4, enforced.pods?.[4])).replace(/by \S+ -t nat /g, 'by ')).toBe(wanted);
      }
      const both = inNamespace('iptables-nft-restore < A; iptables-nft-save; nft -j list ruleset', { A: text });
      expect(proofOf(nodeOf(both)).verdict).toBe(verdict);
    },
  );
});
