import { type Diagnostic, diagnostic } from '../diagnostics';
import { isDump } from '../dump/part';
import type { SourceText } from '../source';

/** What is said of a dump of a node's rules where intents and manifests are wanted: who reads it. */
export const DUMP_READERS =
  'this is a dump of a node\'s rules, which "masq explain", "masq diff", "masq verify", "masq import" and "masq report" read';

/** The one finding about a text that is a dump and no YAML; undefined where it is none. */
export function dumpFault(source: SourceText): Diagnostic | undefined {
  if (!isDump(source.text)) return undefined;
  return diagnostic(
    'MQ201',
    { file: source.file, range: source.range(0, 0) },
    { message: `not YAML: ${DUMP_READERS}` },
  );
}
