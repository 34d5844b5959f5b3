import { Agent } from './agent';
import type { Backend } from './backend';
import { detectBackend } from './detect';
import { IptablesBackend } from './iptables';
import { Log } from './log';
import { NftablesBackend } from './nftables';
import type { Options } from './options';
import type { Platform } from './platform/platform';
import { version } from './version';

/** How often the file's stamp is looked at. In milliseconds: a changed file counts within two seconds. */
const LOOK = 1000;

/** How often the agent says that it lives, unless it is stuck. */
const BEAT = 10_000;

/** How long one reconcile may take until the agent counts as stuck: every tool's timeout, and some more. */
const STUCK = 120_000;

/** How long after SIGTERM the process ends at the latest, though it reads a long file. In milliseconds. */
const GRACE = 50;

/** `masq-agent run`: enforces until it is told to end, or once. */
export async function run(platform: Platform, options: Options): Promise<number> {
  const log = new Log(platform, options.logFormat);
  // What was to be proven once is not proven.
  const code = options.once ? 1 : 0;
  for (const signal of ['TERM', 'INT'] as const) {
    platform.onSignal(signal, () => {
      log.tell({ event: 'end', message: `ended by SIG${signal}; the rules stay` });
      platform.exit(code);
    });
  }
  platform.endWithin(GRACE, code);
  // Before there is an agent that could reload, the file has not been read either.
  platform.onSignal('HUP', () => {});
  const { backend, because } = await detectBackend(platform, options.backend);
  log.tell({ event: 'start', message: `masq-agent ${version} with ${backend.name}: ${because}` });
  const agent = new Agent(platform, options, log, backend, otherBackends(platform, backend));
  if (options.once) return (await agent.reconcile()) ? 0 : 1;
  return new Loop(platform, options, agent).run();
}

/** Every backend but the one in use. */
function otherBackends(platform: Platform, used: Backend): Backend[] {
  const all: Backend[] = [
    new IptablesBackend(platform, 'nft'),
    new IptablesBackend(platform, 'legacy'),
    new NftablesBackend(platform),
  ];
  return all.filter(({ name }) => name !== used.name);
}

/** Reconciles when the file changes, when the time has come, and on SIGHUP; one after the other. */
class Loop {
  private stamp: string | undefined;
  private busySince: number | undefined;
  private wanted = false;
  private due: number;
  private beaten = 0;

  constructor(
    private readonly platform: Platform,
    private readonly options: Options,
    private readonly agent: Agent,
  ) {
    this.stamp = platform.fileStamp(options.config);
    this.due = platform.monotonic();
  }

  /** Never ends by itself. The first tick reconciles. */
  run(): Promise<number> {
    this.platform.onSignal('HUP', () => this.reconcile());
    this.tick();
    return new Promise(() => {});
  }

  private tick(): void {
    const now = this.platform.monotonic();
    const stamp = this.platform.fileStamp(this.options.config);
    if (stamp !== this.stamp) {
      this.stamp = stamp;
      this.reconcile();
    } else if (now >= this.due) this.reconcile();
    const stuck = this.busySince !== undefined && now - this.busySince > STUCK;
    if (!stuck && now - this.beaten >= BEAT) {
      this.beaten = now;
      this.agent.alive();
    }
    this.platform.after(Math.max(1, Math.min(LOOK, this.due - now)), () => this.tick());
  }

  private reconcile(): void {
    const { platform, agent } = this;
    this.due = platform.monotonic() + agent.resync;
    if (this.busySince !== undefined) {
      this.wanted = true;
      return;
    }
    this.busySince = platform.monotonic();
    void agent.reconcile().then(() => {
      this.busySince = undefined;
      this.due = platform.monotonic() + agent.resync;
      if (!this.wanted) return;
      this.wanted = false;
      this.reconcile();
    });
  }
}
