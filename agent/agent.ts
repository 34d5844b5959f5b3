import type { RulePlan } from '../core/dataplane/plan';
import type { Backend } from './backend';
import { isFault } from './backend';
import { DEFAULT_RESYNC, findingLines } from './config';
import { type Enforcement, Enforcer, type Goal } from './enforcer';
import { type Current, Intake } from './intake';
import type { Log } from './log';
import type { Options } from './options';
import type { Platform } from './platform/platform';
import { Publisher } from './publisher';
import type { Counts, Verdict } from './state';
import { Surroundings } from './surroundings';

/** How long to wait after rules could not be read or written, if a resync is not due before. In milliseconds. */
const RETRY = 5000;

/**
 * Verdicts with a valid file and its rules in place: the agent is ready. What rules of others make of that is told, but
 * holds up no rollout: a network plugin has such rules on every node, and no other agent would do away with them.
 */
const IN_PLACE: ReadonlySet<Verdict> = new Set<Verdict>(['enforced', 'unproven', 'contradicted']);

/** One node's agent: it brings the kernel to what the file says, and tells what it saw. */
export class Agent {
  /** The goal that the kernel held last. */
  private held: Goal | undefined;
  /** Whether rules of former names, families and backends may still be there. */
  private hasLeftovers = true;
  private hasFailed = false;
  /** The text that was enforced last and is kept for a restart beside a refused file. */
  private kept: string | undefined;
  private lastChange: string | undefined;
  private lastProof: string | undefined;
  private readonly counts: { -readonly [K in Exclude<keyof Counts, 'refusals' | 'deletions'>]: number } = {
    reconciles: 0,
    applies: 0,
    drifts: 0,
    failures: 0,
  };
  private readonly intake: Intake;
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
    this.intake = new Intake(platform, options, log);
    this.enforcer = new Enforcer(backend, new Surroundings(platform, options.pods));
    this.publisher = new Publisher(platform, options.stateFolder, log);
    this.publish('starting', '');
  }

  /** Milliseconds until the kernel is to be looked at again. */
  get resync(): number {
    const resync = this.intake.current?.resync ?? DEFAULT_RESYNC;
    return this.hasFailed ? Math.min(resync, RETRY) : resync;
  }

  /** Reads the file, and enforces it or what was good last. Answers whether the kernel provably does what the file says. */
  async reconcile(): Promise<boolean> {
    const started = this.platform.monotonic();
    await this.intake.read();
    this.counts.reconciles++;
    const { current } = this.intake;
    const verdict = current ? await this.enforce(current) : this.nothingToEnforce();
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

  private nothingToEnforce(): { readonly verdict: Verdict; readonly message: string } {
    const message = `${this.intake.refusal}; no file was good before, and nothing was changed`;
    return { verdict: 'refused', message };
  }

  private async enforce(current: Current): Promise<{ readonly verdict: Verdict; readonly message: string }> {
    const isNew = this.held !== current.goal;
    const result = await this.enforceAlone(current.goal, isNew);
    this.tell(result, isNew);
    if (result.kind === 'failed') return { verdict: 'failed', message: result.why };
    this.held = current.goal;
    this.keep(current);
    const { proof } = result;
    if (proof.kind === 'proven') this.lastProof = this.time();
    if (!this.intake.isValid) return { verdict: 'refused', message: this.intake.refusal };
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
  private keep({ text, source }: Current): void {
    if (source === 'last-good' || this.kept === text || this.publisher.keepLastGood(text)) return;
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
    const { current, findings, generation, refusals, deletions, isValid } = this.intake;
    const families = current?.goal.plan.families ?? [];
    this.publisher.publish({
      backend: this.backend.name,
      verdict,
      ready: IN_PLACE.has(verdict),
      message,
      config: {
        path: this.options.config,
        valid: isValid,
        source: current?.source ?? 'none',
        digest: current?.digest ?? '',
        generation,
        preserved: families.reduce((sum, { preserved }) => sum + preserved.length, 0),
        findings: findingLines(findings),
      },
      resyncSeconds: this.resync / 1000,
      ...(this.lastChange !== undefined && { lastChange: this.lastChange }),
      ...(this.lastProof !== undefined && { lastProof: this.lastProof }),
      counts: { ...this.counts, refusals, deletions },
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
