import { createHash } from 'node:crypto';
import { type Diagnostic, type Location, RULES, type RuleCode, type SourceRange } from '../../core/diagnostics';
import { ruleAddress } from '../site';
import { type PlacedEdit, placedEdits } from './edits';
import type { Formatter } from './report';
import { fromRoot } from './root';
import { toUri } from './uri';

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';

/** For code scanning: a SARIF 2.1.0 log. Rules are listed only where a result needs them. */
export const sarifFormatter: Formatter = {
  format(given) {
    const report = fromRoot(given);
    const left = report.suppressed.map(({ diagnostic }) => diagnostic);
    const codes = [...new Set([...report.diagnostics, ...left].map(d => d.code))].sort();
    const fingerprint = fingerprints();
    const log = {
      $schema: SCHEMA,
      version: '2.1.0',
      runs: [
        {
          tool: {
            driver: {
              name: 'masq',
              semanticVersion: report.version,
              rules: codes.map(code => rule(code, report.site)),
            },
          },
          columnKind: 'utf16CodeUnits',
          results: [
            ...report.diagnostics.map(d => ({
              ...result(d, codes.indexOf(d.code), fingerprint(d)),
              ...fixes(d, placedEdits(report, d)),
            })),
            ...report.suppressed.map(({ diagnostic: d, reason, by }) => ({
              ...result(d, codes.indexOf(d.code), fingerprint(d)),
              suppressions: [{ kind: by === 'comment' ? 'inSource' : 'external', justification: reason }],
            })),
          ],
        },
      ],
    };
    return `${JSON.stringify(log, undefined, 2)}\n`;
  },
};

function rule(code: RuleCode, site: string | undefined) {
  const { name, severity, title } = RULES[code];
  const helpUri = ruleAddress(code, site);
  return {
    id: code,
    name: pascalCase(name),
    shortDescription: { text: title },
    fullDescription: { text: title },
    defaultConfiguration: { level: severity },
    help: { text: `"masq rules ${code}" explains this rule` },
    ...(helpUri !== undefined && { helpUri }),
  };
}

function result(d: Diagnostic, ruleIndex: number, fingerprint: string) {
  const location = toLocation(d);
  const related = (d.related ?? []).map(place => ({ ...toLocation(place), message: { text: place.message } }));
  return {
    ruleId: d.code,
    ruleIndex,
    level: d.severity,
    message: { text: d.hint === undefined ? d.message : `${d.message}\n${d.hint}` },
    ...(location && { locations: [location] }),
    ...(related.length > 0 && { relatedLocations: related.map((place, index) => ({ id: index + 1, ...place })) }),
    partialFingerprints: { 'masqFinding/v1': fingerprint },
  };
}

/** How code scanning and editors can mend a finding: the whole replacement, or nothing of it. */
function fixes({ file = '', message }: Diagnostic, edits: readonly PlacedEdit[]) {
  if (edits.length === 0) return {};
  const replacements = edits.map(({ range, text }) => ({ deletedRegion: region(range), insertedContent: { text } }));
  const artifactChanges = [{ artifactLocation: { uri: toUri(file) }, replacements }];
  return { fixes: [{ description: { text: message }, artifactChanges }] };
}

function region({ start, end }: SourceRange) {
  return { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column };
}

function toLocation({ file, range, construct }: Location) {
  if (file === undefined && construct === undefined) return undefined;
  return {
    ...(file !== undefined && {
      physicalLocation: { artifactLocation: { uri: toUri(file) }, ...(range && { region: region(range) }) },
    }),
    ...(construct !== undefined && {
      logicalLocations: [{ name: construct.split('/').at(-1)!, fullyQualifiedName: construct, kind: 'resource' }],
    }),
  };
}

/** Hashes what stays when lines move: the rule, the file and the value's way; equal ones are told apart by number. */
function fingerprints(): (d: Diagnostic) => string {
  const seen = new Map<string, number>();
  return d => {
    const identity = JSON.stringify([
      d.code,
      d.file === undefined ? null : toUri(d.file),
      d.construct ?? null,
      d.path ?? [],
    ]);
    const hash = createHash('sha256').update(identity).digest('hex').slice(0, 32);
    const count = (seen.get(hash) ?? 0) + 1;
    seen.set(hash, count);
    return `${hash}:${count}`;
  };
}

function pascalCase(name: string): string {
  return name
    .split('-')
    .map(word => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
