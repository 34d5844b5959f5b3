import { type Diagnostic, diagnostic, type RuleCode } from '../diagnostics';
import type { ParsedSource } from '../source';
import { type Ignore, readIgnores } from './ignore';
import { isExclusion } from './pattern';
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
  /** Whether a file, as findings name it, is one of those that a pattern stands for. */
  readonly matches: (pattern: string, file: string) => boolean;
}

/** Says of each finding whether it counts, and how much: by the comments of the texts, then by the settings. */
export class Judge {
  private readonly ignores = new Map<string, readonly Ignore[]>();
  private readonly faults: Diagnostic[] = [];

  /** @param isLookedFor whether a run looks for a rule at all: else nothing can be said of a comment about it */
  constructor(
    private readonly judgement: Judgement = { rules: [], matches: () => false },
    private readonly isLookedFor: (code: RuleCode) => boolean = () => true,
  ) {}

  /** Takes note of the comments of a text. */
  read(parsed: Pick<ParsedSource, 'source' | 'documents'>): void {
    const { ignores, diagnostics } = readIgnores(parsed);
    if (ignores.length > 0) this.ignores.set(parsed.source.file, ignores);
    this.faults.push(...diagnostics);
  }

  /**
   * Judges all findings of a run.
   * @param keepErrors whether errors stay what they are: nothing is rendered in spite of one
   */
  judge(found: readonly Diagnostic[], keepErrors: boolean): Judged {
    const ignores = new Map(found.flatMap(one => [[one, this.ignoreOf(one)] as const]));
    const diagnostics: Diagnostic[] = [];
    const suppressed: Suppressed[] = [];
    for (const one of [...this.faults, ...found, ...this.idle(found, new Set(ignores.values()))]) {
      const ignore = ignores.get(one);
      const setting = this.settingOf(one);
      if (keepErrors && one.severity === 'error') diagnostics.push(one);
      else if (ignore) suppressed.push({ diagnostic: one, reason: ignore.reason, by: 'comment' });
      else if (setting?.severity === 'off')
        suppressed.push({ diagnostic: one, reason: setting.reason, by: 'settings' });
      else diagnostics.push(setting ? { ...one, severity: setting.severity as Diagnostic['severity'] } : one);
    }
    return { diagnostics, suppressed };
  }

  private ignoreOf({ code, file, range }: Diagnostic): Ignore | undefined {
    if (file === undefined || range === undefined) return undefined;
    const { offset } = range.start;
    const isAbout = ({ extent: [start, end] }: Ignore): boolean => offset >= start && offset <= end;
    return this.ignores.get(file)?.find(ignore => ignore.code === code && isAbout(ignore));
  }

  private settingOf({ code, file }: Diagnostic): RuleSetting | undefined {
    const { rules, matches } = this.judgement;
    const isAbout = ({ paths }: RuleSetting): boolean =>
      paths === undefined || (file !== undefined && isAmong(file, paths, matches));
    return rules.filter(rule => rule.code === code && isAbout(rule)).at(-1);
  }

  /**
   * Comments that took nothing off their line would one day take off what nobody has looked at. Beside an error in their
   * file nothing is said of them: what comes after it may not have been looked for.
   */
  private idle(found: readonly Diagnostic[], used: ReadonlySet<Ignore | undefined>): Diagnostic[] {
    const faulty = new Set(found.filter(({ severity }) => severity === 'error').map(({ file }) => file));
    return [...this.ignores]
      .filter(([file]) => !faulty.has(file))
      .flatMap(([file, ignores]) =>
        ignores
          .filter(ignore => !used.has(ignore) && this.isLookedFor(ignore.code))
          .map(ignore =>
            diagnostic(
              'MQ222',
              { file, range: ignore.range },
              {
                message: idleness(
                  ignore,
                  ignores.filter(other => used.has(other)),
                ),
              },
            ),
          ),
      );
  }
}

/** Why a comment's rule has no effect, and what to remove: not what leaves something out. */
function idleness({ code, line, extent, comment }: Ignore, used: readonly Ignore[]): string {
  const twin = used.find(other => other.code === code && other.extent[0] === extent[0]);
  if (twin?.comment === comment) return `the comment names ${code} twice; remove one of the two`;
  if (twin) return `${code} of line ${line} is left out by another comment already; remove this one`;
  const rest = used.some(other => other.comment === comment);
  return `line ${line} has no finding ${code}; remove ${rest ? `${code} from the comment` : 'the comment'}`;
}

/** Whether patterns stand for a file: in their order each adds files, or takes some away where it begins with "!". */
function isAmong(file: string, patterns: readonly string[], matches: Judgement['matches']): boolean {
  let among = isExclusion(patterns[0]!);
  for (const pattern of patterns) {
    if (isExclusion(pattern)) among &&= !matches(pattern.slice(1), file);
    else among ||= matches(pattern, file);
  }
  return among;
}
