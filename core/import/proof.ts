import { type Diagnostic, diagnostic, type Location, type ValuePath } from '../diagnostics';
import { loadIntents } from '../intent/load';
import { parseSource } from '../source';
import { intentTreatment, whereSaid } from '../treatment/intent';
import { firstDifference, witnessText } from '../treatment/map';
import type { Draft } from './draft';
import type { ImportFacts } from './facts';
import { blameOptions } from './misused';
import type { Settled } from './settle';
import { intentText } from './write';

/** What is wrong with an intent that was made: with the options that say a part of it, a line each, or with what is imported. */
export interface Proved {
  readonly misused: readonly string[];
  readonly faults: readonly Diagnostic[];
}

/** Reads the written intent again, and compares it with what was imported. */
export function prove({ name, spec, expected }: Settled, draft: Draft, facts: ImportFacts): Proved {
  const { documents } = parseSource('intent', intentText(name, spec, 'yaml', draft.as));
  const { clusters, diagnostics } = loadIntents(documents);
  const refused = diagnostics.filter(one => one.severity === 'error');
  if (refused.length > 0 || !clusters[0]) {
    const { misused, others } = blameOptions(refused, facts);
    const faults = others.map(({ code, message, path }) =>
      diagnostic('MQ803', placeOf(path, draft), {
        message: `the intent that says this is refused: ${message} (${code})`,
      }),
    );
    return { misused, faults };
  }
  const witness = firstDifference(expected, whereSaid(intentTreatment(clusters[0]), expected));
  if (!witness) return { misused: [], faults: [] };
  const message = `the intent would mean something else: ${witnessText(witness, draft.as, 'the intent')}`;
  const hint = 'this is a fault of masq; nothing was written';
  return { misused: [], faults: [diagnostic('MQ901', draft.at, { message, hint })] };
}

/** Where that stands in what is imported which an intent has at a path. */
function placeOf([, section, key, index]: ValuePath = [], { at, egress }: Draft): Location {
  if (section !== 'egress' || !egress || typeof index !== 'number') return at;
  const found = key === 'policies' ? egress.policies[index] : egress.floatingIPs[index];
  return found?.at ?? at;
}
