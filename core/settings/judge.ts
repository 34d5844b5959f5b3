import picomatch from 'picomatch/posix';
import { type Diagnostic, diagnostic } from '../diagnostics';
import type { SourceText } from '../source';
import { type Ignore, readIgnores } from './ignore';
import type { RuleSetting } from './read';

/** A finding that somebody has decided to leave out. */
export interface Suppressed {
  /** The finding. */
  readonly diagnostic: Diagnostic;
  /** Why, in their words. */
  readonly reason: string;
  /** Where they have said so: in a comment at the place, or in the settings. */
  readonly by: 'comment' | 'settings';
}

/** What became of findings. */
export interface Judged {
  /** Those that stay, as grave as the settings say. */
  readonly diagnostics: readonly Diagnostic[];
  /** Those that are left out. */
  readonly suppressed: readonly Suppressed[];
}

/** What {@link Judge} needs to know beside the texts. */
export interface Judgement {
  /** What is to be made of findings; the last that is about one counts. */
  readonly rules: readonly RuleSetting[];
  /** A file's way from the folder that patterns count from, with slashes. @default the name that findings carry */
  readonly pathOf?: (file: string) => string;
}

/** Says of each finding whether it counts, and how much: by the comments of the texts, then by the settings. */
export class Judge {
  private readonly ignores = new Map<string, readonly Ignore[]>();
  private readonly faults: Diagnostic[] = [];
  private readonly rules: readonly (RuleSetting & { readonly matches: (path: string) => boolean })[];

  constructor(private readonly judgement: Judgement = { rules: [] }) {
    this.rules = judgement.rules.map(rule => ({ ...rule, matches: matcher(rule.paths) }));
  }

  /** Takes note of the comments of a text. */
  read(source: SourceText): void {
    const { ignores, diagnostics } = readIgnores(source);
    if (ignores.length > 0) this.ignores.set(source.file, ignores);
    this.faults.push(...diagnostics);
  }

  /**
   * Judges all findings of a run.
   * @param keepErrors whether errors stay what they are: nothing is rendered in spite of one
   */
  judge(found: readonly Diagnostic[], keepErrors: boolean): Judged {
    const diagnostics: Diagnostic[] = [...this.faults];
    const suppressed: Suppressed[] = [];
    const used = new Set<Ignore>();
    for (const one of found) {
      const ignore = this.ignoreOf(one);
      if (ignore) used.add(ignore);
      const setting = this.settingOf(one);
      if (keepErrors && one.severity === 'error') diagnostics.push(one);
      else if (ignore) suppressed.push({ diagnostic: one, reason: ignore.reason, by: 'comment' });
      else if (setting?.severity === 'off')
        suppressed.push({ diagnostic: one, reason: setting.reason, by: 'settings' });
      else diagnostics.push(setting ? { ...one, severity: setting.severity as Diagnostic['severity'] } : one);
    }
    return { diagnostics: [...diagnostics, ...this.idle(used)], suppressed };
  }

  private ignoreOf({ code, file, range }: Diagnostic): Ignore | undefined {
    if (file === undefined || range === undefined) return undefined;
    return this.ignores.get(file)?.find(ignore => ignore.code === code && ignore.line === range.start.line);
  }

  private settingOf({ code, file }: Diagnostic): RuleSetting | undefined {
    if (this.rules.length === 0) return undefined;
    const { pathOf = (name: string) => name } = this.judgement;
    const path = file === undefined ? undefined : pathOf(file);
    const matching = this.rules.filter(
      rule => rule.code === code && (rule.paths === undefined || (path !== undefined && rule.matches(path))),
    );
    return matching.at(-1);
  }

  /** Comments that took nothing off their line would one day take off what nobody has looked at. */
  private idle(used: ReadonlySet<Ignore>): Diagnostic[] {
    return [...this.ignores].flatMap(([file, ignores]) =>
      ignores
        .filter(ignore => !used.has(ignore))
        .map(({ code, line, range }) =>
          diagnostic('MQ222', { file, range }, { message: `line ${line} has no finding ${code}; remove the comment` }),
        ),
    );
  }
}

/** Whether a path is one of those that patterns stand for; without patterns every one is. */
function matcher(patterns: readonly string[] | undefined): (path: string) => boolean {
  if (patterns === undefined) return () => true;
  return picomatch(
    patterns.map(pattern => pattern.replace(/^\.\//, '').replace(/\/$/, '/**')),
    { dot: true },
  );
}
