import { formatCidr } from '../core/address';
import type { AgentFlags } from '../core/agentfile/flags';
import type { Strictness } from '../core/agentfile/read';
import type { Diagnostic } from '../core/diagnostics';
import type { AgentConfig } from '../core/treatment/agentfile';
import { configOf, configOfText, findingLine, findingLines, LARGEST_FILE, type ReadConfig } from './config';
import { type Goal, goalOf } from './enforcer';
import type { Log } from './log';
import type { Options } from './options';
import type { Platform, ReadFile } from './platform/platform';
import { LAST_GOOD_FILE, type State } from './state';

/** A configuration that is or was good, and where it is from. */
export interface Current {
  readonly goal: Goal;
  /** The file's text, or one that says the same as no file. */
  readonly text: string;
  readonly digest: string;
  readonly source: State['config']['source'];
  readonly resync: number;
}

/** What a file says that is the same as none: the built-in list holds. */
const BUILT_IN = '{}\n';

/** Reads the file, and says what is to be enforced: what it says, or what was good last. */
export class Intake {
  /** How many different configurations were taken. */
  generation = 0;
  /** How often the file was refused or could not be read. */
  refusals = 0;
  /** How often it went away. */
  deletions = 0;
  private good: Current | undefined;
  /** How the file was read last. Its list is not kept as it was read. */
  private file:
    | Omit<Extract<ReadConfig, { kind: 'valid' }>, 'config'>
    | Exclude<ReadConfig, { kind: 'valid' }>
    | undefined;
  private lastRead: ReadFile | undefined;

  constructor(
    private readonly platform: Platform,
    private readonly options: Options,
    private readonly log: Log,
  ) {}

  /** What is to be enforced; undefined where nothing ever was good. */
  get current(): Current | undefined {
    return this.good;
  }

  /** Whether that is what the file says. */
  get isValid(): boolean {
    return this.file?.kind === 'valid';
  }

  /** Why the file is not taken, in a line. */
  get refusal(): string {
    const { file } = this;
    if (file?.kind === 'refused') {
      const [first] = errorsOf(file.findings);
      return first ? findingLine(first) : 'the file is refused';
    }
    return file?.kind === 'unreadable' ? file.why : '';
  }

  /** What is to be said of the file: all of it when it is taken, else what keeps it from being. */
  get findings(): readonly Diagnostic[] {
    const { file } = this;
    return file?.kind === 'valid' ? file.findings : file?.kind === 'refused' ? errorsOf(file.findings) : [];
  }

  /** Reads the file if it is another than last time. */
  async read(): Promise<void> {
    const { config: path } = this.options;
    const read = this.platform.readFile(path, LARGEST_FILE);
    if (this.lastRead && isSame(this.lastRead, read)) return;
    const isFirst = this.lastRead === undefined;
    this.lastRead = read;
    const file = await configOf(path, read, this.strictness);
    if (file.kind === 'valid') {
      const { config: _, ...rest } = file;
      this.file = rest;
      this.accept(file, isFirst);
      return;
    }
    this.file = file;
    const why = file.kind === 'refused' ? findingLines(errorsOf(file.findings)) : [file.why];
    this.refusals++;
    for (const line of why) this.log.tell({ event: 'refused', level: 'error', message: line });
    if (!this.good) await this.recall();
  }

  /** Entries that others make unnecessary change nothing on the node; `masq-agent check` tells of them. */
  private get strictness(): Strictness {
    return { unknownKeys: this.options.unknownKeys, unnecessary: 'skip' };
  }

  private accept(file: Extract<ReadConfig, { kind: 'valid' }>, isFirst: boolean): void {
    const { config, text, resync, findings } = file;
    for (const finding of findings) {
      this.log.tell({
        event: 'finding',
        level: finding.severity === 'note' ? 'info' : 'warning',
        message: findingLine(finding),
      });
    }
    const name = this.platform.digest(text ?? '');
    const source = text === undefined ? 'built-in' : 'file';
    if (source === 'built-in') {
      if (!isFirst) this.deletions++;
      const message = `${this.options.config} ${isFirst ? 'is not there' : 'has gone'}: the built-in list holds`;
      this.log.tell({ event: 'built-in', message });
    } else this.log.tell({ event: 'file', message: `read ${this.options.config}`, fields: { digest: name } });
    const same = this.good?.digest === name && this.good.source === source;
    if (same) {
      this.good = { ...this.good!, resync };
      return;
    }
    const goal = goalOf(config, this.options.flags);
    this.good = { goal, text: text ?? BUILT_IN, digest: name, source, resync };
    this.generation++;
    const warn = (message: string): void => this.log.tell({ event: 'finding', level: 'warning', message });
    if (masqueradesAllIPv6(goal))
      warn('--enable-ipv6 without an IPv6 CIDR in the list masquerades all IPv6 packets between pods');
    if (hasIdleIPv6(config, this.options.flags))
      warn('the IPv6 CIDRs of the list have no effect without --enable-ipv6: no IPv6 packet is masqueraded');
  }

  /** After a restart beside a file that is refused, what was good last is read again. */
  private async recall(): Promise<void> {
    const read = this.platform.readFile(`${this.options.stateFolder}/${LAST_GOOD_FILE}`, LARGEST_FILE);
    if (!read.ok) return;
    const config = await configOfText(this.options.config, read.text, this.strictness);
    if (config.kind !== 'valid') return;
    const { resync } = config;
    const goal = goalOf(config.config, this.options.flags);
    this.good = { goal, text: read.text, digest: this.platform.digest(read.text), source: 'last-good', resync };
    this.generation++;
    this.log.tell({ event: 'last-good', level: 'warning', message: 'the file that was good last is enforced' });
  }
}

/** Whether IPv6 rules preserve nothing but link-local packets: as upstream, but hardly what anybody wants. */
function masqueradesAllIPv6({ plan }: Goal): boolean {
  const six = plan.families.find(({ family }) => family === 6);
  return six !== undefined && [...six.preserved].every(cidr => formatCidr(cidr) === 'fe80::/10');
}

/** Whether a list has IPv6 CIDRs for which there are no rules: as upstream, but hardly what anybody wants. */
function hasIdleIPv6({ nonMasqueradeCIDRs = [] }: AgentConfig, { enableIPv6 }: AgentFlags): boolean {
  return !enableIPv6 && nonMasqueradeCIDRs.some(({ family }) => family === 6);
}

/** What keeps a file from being taken; what else is to be said of it counts once it is. */
function errorsOf(findings: readonly Diagnostic[]): readonly Diagnostic[] {
  return findings.filter(({ severity }) => severity === 'error');
}

/** Whether a file was read as before. */
function isSame(before: ReadFile, now: ReadFile): boolean {
  if (before.ok || now.ok) return before.ok && now.ok && before.text === now.text;
  return before.fault.code === now.fault.code;
}
