import { faultWords } from './fault-words';
import type { Log } from './log';
import { metricsText } from './metrics';
import type { IoFault, Platform } from './platform/platform';
import { HEARTBEAT_FILE, LAST_GOOD_FILE, METRICS_FILE, type State, writeState } from './state';
import { readUsage } from './usage';
import { version } from './version';

/** Writes what people, probes and Prometheus read. What cannot be written is told once, and never keeps rules back. */
export class Publisher {
  private lastReconcile = 0;
  private reconciled = 0;
  private readonly started: number;

  constructor(
    private readonly platform: Platform,
    private readonly folder: string,
    private readonly log: Log,
  ) {
    this.started = platform.now();
    this.noted(platform.makeFolder(folder));
  }

  /** A look at the kernel ended that took so many milliseconds. */
  measured(milliseconds: number): void {
    this.lastReconcile = milliseconds;
    this.reconciled = this.platform.now();
  }

  /** Writes the state and the metrics. */
  publish(rest: Omit<State, 'version' | 'pid'>): void {
    const { platform, folder, started, lastReconcile, reconciled } = this;
    const state: State = { version, pid: platform.pid, ...rest };
    const text = metricsText(state, { started, lastReconcile, reconciled, usage: readUsage(platform) });
    const faults = [writeState(platform, folder, state), platform.writeFile(`${folder}/${METRICS_FILE}`, text)];
    this.noted(faults.find(fault => fault !== undefined));
    this.beat();
  }

  /** Says that the process is not stuck. A full disk does not matter, once the file is there. */
  beat(): void {
    const { platform } = this;
    const path = `${this.folder}/${HEARTBEAT_FILE}`;
    // The time of day may jump; a probe on the same machine reads the same monotonic clock.
    const beat = (): IoFault | undefined => platform.touch(path, Math.floor(platform.monotonic()));
    if (beat() && !platform.writeFile(path, '')) beat();
  }

  /** Keeps a file that was enforced, for a restart beside one that is refused. */
  keepLastGood(text: string): IoFault | undefined {
    const fault = this.platform.writeFile(`${this.folder}/${LAST_GOOD_FILE}`, text, 0o600);
    if (fault) this.noted(fault);
    return fault;
  }

  private noted(fault: IoFault | undefined): void {
    if (fault) {
      const message = `${this.folder} cannot be written, ${faultWords(fault.code)}: status and metrics are not up to date`;
      this.log.state('state', { event: 'state', level: 'warning', message });
    } else this.log.settled('state', { event: 'state', message: `${this.folder} is written again` });
  }
}
