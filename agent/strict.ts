import { readFrugally } from '../core/agentfile/long';
import type { ReadAgentFile, Strictness } from '../core/agentfile/read';
import { SourceText } from '../core/source/text';

/** Reads an agent's file and says what is wrong with it. */
export function readStrictly(path: string, text: string, strictness: Strictness): ReadAgentFile {
  return readFrugally(new SourceText(path, text), strictness);
}
