import type { Family } from '../../core/address';
import { hangsOnInterface, INTERFACE_ADVICE } from '../../core/analysis/node-subject';
import { isAgentChain } from '../../core/analysis/obstacles';
import type { FamilyProof } from '../../core/analysis/verify';
import { leftovers } from '../../core/dataplane/leftover';
import { isNamedOnly } from '../../core/dataplane/nft-rule';
import { andList } from '../../core/diagnostics';
import type { NodeRules } from '../../core/dump/node-rules';
import { namedOnlyAdvice } from './named-only';

/** What is wrong with the agent's own chain on a node, and what other agents left there, each in a line. */
export function diagnosis(node: NodeRules, { family, differences }: FamilyProof, chain: string | undefined): string[] {
  const rules = differences.flatMap(({ parts }) => parts.flatMap(part => part.rules));
  const isNamed = rules.some(isNamedOnly);
  const open = differences.flatMap(({ parts }) => parts.flatMap(part => (part.is.treatment ? [] : part.rules)));
  const hangs = hangsOnInterface(node, open);
  return [
    ...agentLines(node, family, chain, isNamed),
    ...(isNamed ? [namedOnlyAdvice(family)] : []),
    ...(hangs ? [INTERFACE_ADVICE] : []),
  ];
}

/** @param isNamed whether a rule that may lead to the chain is listed without saying so */
function agentLines(node: NodeRules, family: Family, chain: string | undefined, isNamed: boolean): string[] {
  if (chain === undefined) return [];
  const ruleset = node.ruleset(family);
  const tables = node.tables.filter(table => table.family === family && table.name === 'nat');
  const isReached = [...ruleset.chains.keys()].some(name => isAgentChain(name, chain));
  const lines: string[] = [];
  if (!isReached && !node.hasNatChain(family, chain))
    lines.push(`chain ${chain} is not there: no agent with this --masq-chain has written rules`);
  else if (!isReached && !isNamed) lines.push(`no rule of POSTROUTING leads to chain ${chain}`);
  for (const { table } of tables) {
    const { jumps, chains } = leftovers(table, chain);
    if (jumps.length > 0) {
      const named = chains.length === 0 ? '' : ` with ${chains.length === 1 ? 'chain' : 'chains'} ${andList(chains)}`;
      lines.push(
        `another agent${named} has left ${jumps.length === 1 ? 'a rule' : `${jumps.length} rules`} in POSTROUTING`,
      );
    }
  }
  return lines;
}
