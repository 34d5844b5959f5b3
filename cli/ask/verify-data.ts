import { formatAddress, formatCidr } from '../../core/address';
import type { InTheWay } from '../../core/analysis/obstacles';
import type { FamilyProof } from '../../core/analysis/verify';
import { witnessOf } from '../../core/analysis/witness';
import type { NatRule } from '../../core/dataplane/nat-rule';
import type { Location } from '../../core/diagnostics';
import type { DumpedNode } from '../dumps';
import { diagnosis } from './verify-diagnosis';
import { policiesOf, type Verified } from './verify-text';

/** Proofs for programs. */
export function proofData({ subject, enforced, proofs, unread }: Verified): object {
  return {
    cluster: subject.name,
    as: subject.as,
    egressPoliciesNotCompared: policiesOf(subject.map),
    unread,
    nodes: proofs.map(({ node, proof }) => ({
      node: node.name,
      files: node.files,
      verdict: proof.verdict,
      tableNatAlone: node.rules.isNatAlone,
      families: proof.families.map(family => familyData(family, node, enforced.chain)),
    })),
  };
}

function familyData(proof: FamilyProof, node: DumpedNode, chain: string | undefined): object {
  const { family, verdict, differences, inTheWay, isRemedied, deciding, leftOpen } = proof;
  const rule = (one: NatRule): object => ({ text: one.text, ...placeData(node.rules.placeOf(family, one)) });
  const obstacle = (one: InTheWay): object => {
    const owner = node.rules.ownerOf(family, one.rule);
    return { ...rule(one.rule), ...(owner !== undefined && { owner }), to: one.to.cidrs().map(formatCidr) };
  };
  return {
    family,
    verdict,
    differences: differences.map(({ to, verdict: certainty, isPortsOnly, parts }) => ({
      verdict: certainty,
      sourcePortsOnly: isPortsOnly,
      to: to.cidrs().map(formatCidr),
      addresses: to.count().toString(),
      parts: parts.map(part => ({
        to: part.to.cidrs().map(formatCidr),
        witness: {
          to: formatAddress(witnessOf(part.to)),
          ...('protocol' in part.is && { protocol: part.is.protocol }),
        },
        wanted: { treatment: part.wanted.treatment, rule: part.wanted.rule, ...placeData(part.wanted.at) },
        is: part.is.treatment
          ? {
              treatment: part.is.treatment,
              ...(part.is.randomFully !== undefined && { randomFully: part.is.randomFully }),
            }
          : { treatment: { kind: 'unknown' } },
        rules: part.rules.map(rule),
      })),
    })),
    diagnosis: differences.length === 0 ? [] : diagnosis(node.rules, proof, chain),
    inTheWay: inTheWay.map(obstacle),
    remedied: isRemedied,
    decidedByOthers: deciding.map(obstacle),
    leftToDataPlane: leftOpen.cidrs().map(formatCidr),
  };
}

function placeData(at: Location | undefined): object {
  if (!at?.file || !at.range) return {};
  const { line, column } = at.range.start;
  return { file: at.file, line, column };
}
