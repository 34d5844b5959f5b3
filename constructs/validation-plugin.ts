import { readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { checkFiles } from '../core/check/check';
import { type Diagnostic, RULES, type RuleCode } from '../core/diagnostics';
import { EXPLANATIONS } from '../core/diagnostics/explanations';

/** What masq uses of the context that cdk8s hands to a validation plugin. Source: cdk8s-cli, its `ValidationContext`. */
export interface ValidationContext {
  /** The paths of the rendered manifests. */
  readonly manifests: readonly string[];
  /** Where findings go. */
  readonly report: ValidationReport;
}

/** The report that cdk8s prints when every plugin is done. */
export interface ValidationReport {
  /** Adds the findings of one rule. */
  addViolation(violation: Violation): void;
  /** Ends the report; `metadata` is printed beside its status. */
  submit(status: 'success' | 'failure', metadata?: Readonly<Record<string, string>>): void;
}

/** The findings of one rule in one run. */
export interface Violation {
  /** The rule's code and name. */
  readonly ruleName: string;
  /** What the rule is about. */
  readonly recommendation: string;
  /** Where to read what to write instead: each finding says it of its own value. */
  readonly fix: string;
  /** The objects that break it. */
  readonly violatingResources: readonly ViolatingResource[];
}

/** An object that breaks a rule, and where. */
export interface ViolatingResource {
  /** The object's name. */
  readonly resourceName: string;
  /** The path of the file that it is in. */
  readonly manifestPath: string;
  /** The findings, each with its file, line and column. */
  readonly locations: readonly string[];
}

/** Properties of {@link MasqValidation}, given under `properties` in cdk8s.yaml. */
export interface MasqValidationProps {
  /**
   * The least severity that fails the synth.
   * @default error
   */
  readonly failOn?: 'error' | 'warning';

  /**
   * Whether the `construct-metadata.json` that cdk8s leaves in the output folder stays there.
   * @default false: the output folder holds manifests and nothing else
   */
  readonly keepConstructMetadata?: boolean;
}

/**
 * masq's checks as a validation plugin of `cdk8s synth`: everything that `masq validate` says of the rendered
 * manifests, of whatever construct or chart, in cdk8s's own report.
 *
 * In cdk8s.yaml: `validations: [{package: ./node_modules/cdk8s-masq/lib/constructs/validation-plugin.js, class:
 * MasqValidation, version: 0.1.0}]`.
 */
export class MasqValidation {
  constructor(private readonly props: MasqValidationProps = {}) {}

  /**
   * Checks the manifests and submits a report; called by cdk8s.
   * @throws when a manifest cannot be read
   */
  async validate({ manifests, report }: ValidationContext): Promise<void> {
    const inputs = manifests.map(file => ({ file, text: readFileSync(file, 'utf8') }));
    const { diagnostics, documents } = checkFiles(inputs);
    const found = diagnostics.filter(d => d.severity !== 'note');
    for (const [code, violations] of byRule(found)) {
      report.addViolation({
        ruleName: `${code} ${RULES[code].name}`,
        recommendation: oneLine(EXPLANATIONS[code].meaning),
        fix: `Write what the finding says; "masq rules ${code}" explains the rule with an example.`,
        violatingResources: violations.map(violation => ({
          resourceName: resourceName(violation, inputs),
          manifestPath: violation.file ?? '',
          locations: [location(violation)],
        })),
      });
    }
    const failed = found.some(d => d.severity === 'error' || this.props.failOn === 'warning');
    if (!this.props.keepConstructMetadata) removeMetadata(manifests);
    report.submit(failed ? 'failure' : 'success', { Objects: String(documents), Findings: String(found.length) });
  }
}

/** The first paragraph of a text, on one line. */
function oneLine(text: string): string {
  return text
    .trim()
    .split(/\n\s*\n/)[0]!
    .replace(/\s+/g, ' ');
}

function byRule(diagnostics: readonly Diagnostic[]): Map<RuleCode, Diagnostic[]> {
  const rules = new Map<RuleCode, Diagnostic[]>();
  for (const found of diagnostics) rules.set(found.code, [...(rules.get(found.code) ?? []), found]);
  return rules;
}

/** Begins with the file and its folder: `cdk8s synth --stdout` says of no manifest where it is. */
function location({ file, severity, message, hint, range }: Diagnostic): string {
  const manifest = file === undefined ? '' : join(basename(dirname(file)), basename(file));
  const place = range ? `, line ${range.start.line}, column ${range.start.column}` : '';
  return `${manifest}${place}: ${message} (${severity})${hint === undefined ? '' : `; hint: ${hint}`}`;
}

/** The name of the object that a finding is about: the last one that begins before it in its file. */
function resourceName({ file, range }: Diagnostic, inputs: readonly { file: string; text: string }[]): string {
  const text = inputs.find(input => input.file === file)?.text ?? '';
  const documents = text.split(/^---.*$/m);
  let end = 0;
  const document = documents.find(part => {
    end += part.length + 4;
    return (range?.start.offset ?? 0) < end;
  });
  return /^metadata:\n(?:[ ].*\n)*?[ ]{2}name: (\S+)/m.exec(document ?? text)?.[1] ?? 'unknown';
}

/** cdk8s writes it beside the manifests and has read it by now. */
function removeMetadata(manifests: readonly string[]): void {
  const folders = new Set(manifests.flatMap(file => [dirname(file), dirname(dirname(file))]));
  for (const folder of folders) rmSync(join(folder, 'construct-metadata.json'), { force: true });
}
