import { isSettingsFile } from '../settings';
import type { Input } from './check';

/** Every document that masq knows has one of these in a key, a kind or an apiVersion, and so has one with a slip in it. */
const WORDS =
  /masq|resync|cidr_?-?limit|egress_?nat|networkgateway|networking\.gke|baremetal\.cluster|kustomize\.config/i;

/** Whether a file may hold something that masq knows: a look at its words, which is all that most files of a repo are worth. */
export function mayConcern({ file, text }: Input): boolean {
  return isSettingsFile(file) || WORDS.test(text);
}
