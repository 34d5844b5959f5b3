import { AGENT_KEYS } from '../agentfile/read';
import { suggest } from '../diagnostics';
import { mentionsTheirs } from '../dialect/claims';
import { isMasqGroup } from '../intent/load';
import { isSettingsFile } from '../settings';
import type { Input } from './check';

/** Most documents that masq knows have one of these in a key, a kind or an apiVersion. */
const WORDS =
  /masq|resync|cidr_?-?limit|clusterintent|rangeset|egress_?nat|networkgateway|networking\.gke|baremetal\.cluster|kustomize\.config/i;

/** A key, in YAML or in JSON. */
const KEY = /(?<![\w-])([\w-]{7,26})["']?[ \t]*:/g;

/** The group of an apiVersion. */
const GROUP = /apiVersion["']?[ \t]*:[ \t]*["']?([^\s"'/]{1,16})/g;

/** Whether a file may hold something that masq knows: a look at its words, which is all that most files of a repo are worth. */
export function mayConcern({ file, text }: Input): boolean {
  return isSettingsFile(file) || WORDS.test(text) || hasSlip(text);
}

/** Whether a file may say what happens to packets, to an agent or to another data plane: a look at its words. */
export function mayDecide(input: Input): boolean {
  return mayConcern(input) || mentionsTheirs(input.text);
}

/** Whether a key is one that an ip-masq-agent file has, or one with a slip in it. */
export function isAgentKey(key: string): boolean {
  const near = nearAgentKey(key);
  // Other programs' files have keys such as sizeLimit and syncInterval.
  return near !== undefined && (isMasqWord(near) || suggest(key, [near], 1) !== undefined);
}

/** Whether a key is one that nothing but an ip-masq-agent file has, or one with a slip in it. */
export function isMasqKey(key: string): boolean {
  return isMasqWord(nearAgentKey(key) ?? '');
}

function nearAgentKey(key: string): string | undefined {
  return key.length > 6 ? suggest(key, AGENT_KEYS) : undefined;
}

function isMasqWord(word: string): boolean {
  return /masq/i.test(word);
}

/** Whether one of the words would be masq's, were it not for a slip. */
function hasSlip(text: string): boolean {
  return found(text, KEY).some(isAgentKey) || found(text, GROUP).some(isMasqGroup);
}

function found(text: string, pattern: RegExp): readonly string[] {
  return [...new Set(Array.from(text.matchAll(pattern), ([, word]) => word!))];
}
