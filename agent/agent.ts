import { formatCidr } from '../core/address';
import type { AgentFlags } from '../core/agentfile/flags';
import type { Strictness } from '../core/agentfile/read';
import type { RulePlan } from '../core/dataplane/plan';
import type { Diagnostic } from '../core/diagnostics';
import type { AgentConfig } from '../core/treatment/agentfile';
import type { Backend } from './backend';
import { isFault } from './backend';
import {
  configOf,
  configOfText,
  DEFAULT_RESYNC,
  findingLine,
  findingLines,
  LARGEST_FILE,
  type ReadConfig,
} from './config';
import { type Enforcement, Enforcer, type Goal, goalOf } from './enforcer';
import type { Log } from './log';
import type { Options } from './options';
import type { Platform, ReadFile } from './platform/platform';
import { Publisher } from './publisher';
import { type Counts, LAST_GOOD_FILE, type State, type Verdict } from './state';
import { Surroundings } from './surroundings';

/** A configuration that is or was good, and where it is from. */
interface Current {
  readonly goal: Goal;
  /** The file's text, or one that says the same as no file. */
  readonly text: string;
  readonly digest: string;
  readonly source: State['config']['source'];
  readonly resync: number;
}

/** What a file says that is the same as none: the built-in list holds. */
const BUILT_IN = '{}\n';

/** How long to wait after rules could not be read or written, if a resync is not due before. In milliseconds. */
const RETRY = 5000;

/** One node's agent: it reads the file, brings the kernel to it, and tells what it saw. */
export class Agent {
  private current: Current | undefined;
  /** How the file was read last. Its list is not kept as it was read. */
  private file:
    | Omit<Extract<ReadConfig, { kind: 'valid' }>, 'config'>
    | Exclude<ReadConfig, { kind: 'valid' }>
    | undefined;
  private read: ReadFile | undefined;
  /** The goal that the kernel held last. */
  private held: Goal | undefined;
  /** What is kept for a restart beside a refused file. */
  private kept: string | undefined;
  /** Whether rules of former names, families and backends may still be there. */
  private hasLeftovers = true;
  private hasFailed = false;
  private generation = 0;
  private lastChange: string | undefined;
  private lastProof: string | undefined;
  private readonly counts: { -readonly [K in keyof Counts]: number } = {
    reconciles: 0,
    applies: 0,
    drifts: 0,
    failures: 0,
    refusals: 0,
    deletions: 0,
  };
  private readonly enforcer: Enforcer;
  private readonly publisher: Publisher;

  constructor(
    private readonly platform: Platform,
    private readonly options: Options,
    private readonly log: Log,
    private readonly backend: Backend,
    /** Those that former agents may have used. */
    private readonly others: readonly Backend[],
  ) {
    this.enforcer = new Enforcer(backend, new Surroundings(platform, options.pods));
    this.publisher = new Publisher(platform, options.stateFolder, log);
    this.publish('starting', '');
  }

  /** Milliseconds until the kernel is to be looked at again. */
  get resync(): number {
    const resync = this.current?.resync ?? DEFAULT_RESYNC;
    return this.hasFailed ? Math.min(resync, RETRY) : resync;
  }

  /** Reads the file, and enforces it or what was good last. Answers whether the kernel provably does what the file says. */
  async reconcile(): Promise<boolean> {
    const started = this.platform.monotonic();
    await this.readFile();
    this.counts.reconciles++;
    const verdict = this.current ? await this.enforce(this.current) : this.nothingToEnforce();
    this.hasFailed = verdict.verdict === 'failed';
    this.publisher.measured(this.platform.monotonic() - started);
    this.publish(verdict.verdict, verdict.message);
    this.platform.releaseMemory();
    return verdict.verdict === 'enforced';
  }

  /** The agent lives: it is not stuck in something that never ends. */
  alive(): void {
    this.publisher.beat();
  }

  /** Entries that others make unnecessary change nothing on the node; `masq-agent check` tells of them. */
  private get strictness(): Strictness {
    return { unknownKeys: this.options.unknownKeys, unnecessary: 'skip' };
  }

  /** Reads the file if it is another than last time. */
  private async readFile(): Promise<void> {
    const { config: path } = this.options;
    const read = this.platform.readFile(path, LARGEST_FILE);
    if (this.read && isSame(this.read, read)) return;
    const isFirst = this.read === undefined;
    this.read = read;
    const file = await configOf(path, read, this.strictness);
    if (file.kind === 'valid') {
      const { config: _, ...rest } = file;
      this.file = rest;
      this.accept(file, isFirst);
      return;
    }
    this.file = file;
    const why = file.kind === 'refused' ? findingLines(errorsOf(file.findings)) : [file.why];
    this.counts.refusals++;
    for (const line of why) this.log.tell({ event: 'refused', level: 'error', message: line });
    if (!this.current) await this.recall();
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
      if (!isFirst) this.counts.deletions++;
      const message = `${this.options.config} ${isFirst ? 'is not there' : 'has gone'}: the built-in list holds`;
      this.log.tell({ event: 'built-in', message });
    } else this.log.tell({ event: 'file', message: `read ${this.options.config}`, fields: { digest: name } });
    const same = this.current?.digest === name && this.current.source === source;
    if (same) {
      this.current = { ...this.current!, resync };
      return;
    }
    const goal = goalOf(config, this.options.flags);
    this.current = { goal, text: text ?? BUILT_IN, digest: name, source, resync };
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
    this.current = { goal, text: read.text, digest: this.platform.digest(read.text), source: 'last-good', resync };
    this.kept = read.text;
    this.generation++;
    this.log.tell({ event: 'last-good', level: 'warning', message: 'the file that was good last is enforced' });
  }

  private nothingToEnforce(): { readonly verdict: Verdict; readonly message: string } {
    const message = `${this.refusal()}; no file was good before, and nothing was changed`;
    return { verdict: 'refused', message };
  }

  private refusal(): string {
    const { file } = this;
    if (file?.kind === 'refused') {
      const [first] = errorsOf(file.findings);
      return first ? findingLine(first) : 'the file is refused';
    }
    return file?.kind === 'unreadable' ? file.why : '';
  }

  private async enforce(current: Current): Promise<{ readonly verdict: Verdict; readonly message: string }> {
    const isNew = this.held !== current.goal;
    const result = await this.enforceAlone(current.goal, isNew);
    this.tell(result, isNew);
    if (result.kind === 'failed') return { verdict: 'failed', message: result.why };
    this.held = current.goal;
    this.keep(current.text);
    const { proof } = result;
    if (proof.kind === 'proven') this.lastProof = this.time();
    if (this.file?.kind !== 'valid') return { verdict: 'refused', message: this.refusal() };
    return proof.kind === 'proven' ? { verdict: 'enforced', message: '' } : { verdict: proof.kind, message: proof.why };
  }

  /** Enforces a goal, and when it holds for the first time, removes what former agents left. */
  private async enforceAlone(goal: Goal, isNew: boolean): Promise<Enforcement> {
    const result = await this.enforcer.enforce(goal);
    // Until the new rules are there, old ones are better than none.
    if (result.kind === 'failed' || !this.hasLeftovers) return result;
    this.hasLeftovers = false;
    if (result.repaired.length > 0) this.tellRepaired(result, isNew);
    if (!(await this.removeLeftovers(goal.plan))) return { ...result, repaired: [], replaced: [] };
    const again = await this.enforcer.enforce(goal);
    return again;
  }

  /** Keeps a text that was enforced; when that fails, the next reconcile tries again. */
  private keep(text: string): void {
    if (this.kept === text || this.publisher.keepLastGood(text)) return;
    this.kept = text;
  }

  private tell(result: Enforcement, isNew: boolean): void {
    if (result.repaired.length > 0) this.tellRepaired(result, isNew);
    if (result.kind === 'failed') {
      this.counts.failures++;
      this.log.state('kernel', { event: 'failed', level: 'error', message: result.why });
      return;
    }
    const { proof } = result;
    if (proof.kind === 'proven') {
      this.log.settled('kernel', { event: 'proven', message: 'the kernel does what the file says' });
    } else this.log.state('kernel', { event: proof.kind, level: 'warning', message: proof.why });
  }

  private tellRepaired({ repaired, replaced }: Enforcement, isNew: boolean): void {
    this.counts.applies++;
    this.lastChange = this.time();
    if (!isNew) this.counts.drifts++;
    const fields = { deviations: repaired.length };
    if (!isNew)
      this.log.tell({ event: 'drift', level: 'warning', message: `repaired: ${repaired.join('; ')}`, fields });
    else {
      if (replaced.length > 0) this.log.tell({ event: 'replaced', level: 'warning', message: replacedText(replaced) });
      this.log.tell({ event: 'applied', message: `rules written with ${this.backend.name}`, fields });
    }
  }

  private publish(verdict: Verdict, message: string): void {
    const { current, file } = this;
    const findings = file?.kind === 'valid' ? file.findings : file?.kind === 'refused' ? errorsOf(file.findings) : [];
    const families = current?.goal.plan.families ?? [];
    this.publisher.publish({
      backend: this.backend.name,
      verdict,
      ready: verdict === 'enforced' || verdict === 'unproven',
      message,
      config: {
        path: this.options.config,
        valid: file?.kind === 'valid',
        source: current?.source ?? 'none',
        digest: current?.digest ?? '',
        generation: this.generation,
        preserved: families.reduce((sum, { preserved }) => sum + preserved.length, 0),
        findings: findingLines(findings),
      },
      resyncSeconds: this.resync / 1000,
      ...(this.lastChange !== undefined && { lastChange: this.lastChange }),
      ...(this.lastProof !== undefined && { lastProof: this.lastProof }),
      counts: { ...this.counts },
    });
  }

  private time(): string {
    return new Date(this.platform.now()).toISOString();
  }

  /** Removes what former names, families and backends of the agent left in the kernel; answers whether there was any. */
  private async removeLeftovers(plan: RulePlan): Promise<boolean> {
    let found = false;
    for (const backend of [this.backend, ...this.others]) {
      const isUsed = backend === this.backend;
      const removed = await backend.removeLeftovers(isUsed ? plan : undefined);
      if (!isFault(removed)) {
        if (removed.length > 0) this.log.tell({ event: 'removed', message: `removed ${removed.join(', ')}` });
        found ||= removed.length > 0;
      } else if (isUsed) {
        // The other backends' tools need not be there.
        this.hasLeftovers = true;
        this.log.state('leftovers', { event: 'failed', level: 'error', message: removed.why });
      }
    }
    return found;
  }
}

/** How many rules of others are quoted. */
const QUOTED = 3;

function replacedText(rules: readonly string[]): string {
  const more = rules.length - QUOTED;
  const quoted = [...rules.slice(0, QUOTED), ...(more > 0 ? [`${more} more`] : [])].join('; ');
  return `the chain had rules that no ip-masq-agent wrote, and they are gone: ${quoted}`;
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
