import settingsSchema from '../../schemas/settings.schema.json';
import { type Diagnostic, findRule, hasErrors, noRule, type RuleCode, type Severity } from '../diagnostics';
import { Findings } from '../intent/findings';
import type { Settings as WrittenSettings } from '../schema/generated/types-settings';
import { validateSettings } from '../schema/generated/validator-settings';
import { shapeDiagnostics } from '../schema/shape';
import { type ParsedSource, parseText, type SourceDocument, type SourceText } from '../source';
import { patternFault } from './pattern';

/** The name of the file that holds a repository's settings. */
export const SETTINGS_FILE = '.masq.yaml';

/** What is to be made of the findings of one rule. */
export interface RuleSetting {
  /** The rule. */
  readonly code: RuleCode;
  /** Patterns of the files that it is about. @default every file */
  readonly paths?: readonly string[];
  /** How much such findings matter; `off` leaves them out. */
  readonly severity: Severity | 'off';
  /** Why. */
  readonly reason: string;
}

/** A repository's settings: what is rendered when no file is named, and what is to be made of findings. */
export interface Settings extends Omit<WrittenSettings, 'rules'> {
  /** What is to be made of findings; the last one that is about a finding counts. */
  readonly rules: readonly RuleSetting[];
}

/** The settings of a text unless they are refused, and what is to be said of them. */
export interface ReadSettings {
  /** Absent when there is an error. */
  readonly settings?: Settings;
  /** The document that they stand in, for the places of what is found later. Absent where they are refused or empty. */
  readonly document?: SourceDocument;
  /** What was found. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Whether a file is one of settings: by its name, which is how it is found. */
export function isSettingsFile(file: string): boolean {
  return file === SETTINGS_FILE || file.endsWith(`/${SETTINGS_FILE}`);
}

/**
 * Reads a file of settings. An empty one changes nothing.
 * @param isThere whether there is something that a pattern may stand for @default always
 */
export function readSettings(source: SourceText, isThere?: (pattern: string) => boolean): ReadSettings {
  return readParsedSettings(parseText(source), isThere);
}

/** As {@link readSettings}, for a text whose YAML is read already. */
export function readParsedSettings(
  { documents, diagnostics: faults }: ParsedSource,
  isThere: (pattern: string) => boolean = () => true,
): ReadSettings {
  // "off" is a word of this file, which nobody but masq reads.
  const diagnostics = faults.filter(({ code }) => code !== 'MQ208');
  if (hasErrors(diagnostics)) return { diagnostics };
  const [document, second] = documents;
  if (!document) return { settings: { rules: [] }, diagnostics };
  const findings = new Findings(document);
  if (second) {
    findings.addAt('MQ215', second.at([]), 'the file holds several documents, of which the first counts; keep one');
  }
  if (!validateSettings(document.value)) {
    const errors = validateSettings.errors ?? [];
    findings.addAll(shapeDiagnostics(document, errors, settingsSchema, { refusesOldBooleans: false }));
    return { diagnostics: [...diagnostics, ...findings.list] };
  }
  const { rules = [], ...rest } = document.value as WrittenSettings;
  const known = rules.flatMap(({ code: word, severity, ...setting }, index): RuleSetting[] => {
    setting.paths?.forEach((pattern, i) => {
      const fault = patternFault(pattern);
      const at = ['rules', index, 'paths', i];
      if (fault !== undefined) findings.add('MQ206', at, fault);
      else if (!isThere(pattern))
        findings.add('MQ222', at, `nothing is there that "${pattern}" could stand for; correct or remove it`);
    });
    const code = findRule(word);
    if (code) return [{ ...setting, code, severity: severity === 'warn' ? 'warning' : severity }];
    findings.add('MQ220', ['rules', index, 'code'], noRule(word));
    return [];
  });
  const all = [...diagnostics, ...findings.list];
  return hasErrors(all) ? { diagnostics: all } : { settings: { ...rest, rules: known }, document, diagnostics: all };
}
