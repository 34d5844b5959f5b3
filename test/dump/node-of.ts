import { readNode } from '../../core/dump/node-dump';
import type { NodeRules } from '../../core/dump/node-rules';

/** The rules of a node that a dump is of, which must be one that is read. */
export function nodeOf(text: string, file = 'node.save'): NodeRules {
  const read = readNode([{ file, text }]);
  if (!read.ok) throw new Error(`${read.faults.join('\n')}\n${text}`);
  return read.rules;
}
