import { faultWords } from './fault-words';
import type { Log } from './log';
import { metricsText } from './metrics';
import type { IoFault, Platform } from './platform/platform';
import {
  HEARTBEAT_FILE,
  LARGEST_STATE,
  LAST_GOOD_FILE,
  METRICS_FILE,
  STATE_FILE,
  type State,
  stateText,
} from './state';
import { readUsage } from './usage';
import { version } from './version';

/** Writes what people, probes and Prometheus read. What cannot be written is told once, and never keeps rules back. */
export class Publisher {
  private lastReconcile = 0;
  private reconciled = 0;
  private readonly started: number;
  /** Why there is no folder. */
  private missing: IoFault | undefined;
  /** The state as it was written last, and can be read as long as nobody else writes one. */
  private written: string | undefined;
  /** Why the file that was good last could not be kept. */
  private unkept: IoFault | undefined;

  constructor(
    private readonly platform: Platform,
    private readonly folder: string,
    private readonly log: Log,
  ) {
    this.started = platform.now();
    this.missing = platform.makeFolder(folder);
  }

  /** A look at the kernel ended that took so many milliseconds. */
  measured(milliseconds: number): void {
    this.lastReconcile = milliseconds;
    this.reconciled = this.platform.now();
  }

  /** Writes the state and the metrics. */
  publish(rest: Omit<State, 'version' | 'pid'>): void {
    const { platform, folder, started, lastReconcile, reconciled } = this;
    if (this.missing) this.missing = platform.makeFolder(folder);
    const state: State = { version, pid: platform.pid, ...rest };
    const metrics = metricsText(state, { started, lastReconcile, reconciled, usage: readUsage(platform) });
    const text = stateText(state);
    this.tellRival();
    const faults = [this.replace(METRICS_FILE, metrics), this.replace(STATE_FILE, text)];
    this.written = faults[1] ? undefined : text;
    this.noted(...faults, this.unkept);
    this.beat();
  }

  /** Agents that share a folder run on one node, and most likely write rules of one name: that must not stay a riddle. */
  private tellRival(): void {
    const path = `${this.folder}/${STATE_FILE}`;
    const read = this.platform.readFile(path, LARGEST_STATE);
    if (this.written === undefined || !read.ok || read.text === this.written) return;
    const message = `somebody else has written ${path}: a second agent on this node would undo what this one writes; end one of them`;
    this.log.state('rival', { event: 'rival', level: 'warning', message });
  }

  /** Replaces a file. One that cannot be goes: nobody is to read what no longer holds, and it makes room. */
  private replace(name: string, text: string): IoFault | undefined {
    const path = `${this.folder}/${name}`;
    if (!this.platform.writeFile(path, text)) return undefined;
    this.platform.removeFile(path);
    return this.platform.writeFile(path, text);
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
    this.unkept = fault;
    return fault;
  }

  private noted(...faults: readonly (IoFault | undefined)[]): void {
    const [first] = faults.filter(each => each !== undefined);
    const fault = first && (this.missing ?? first);
    if (fault) {
      const message = `${this.folder} cannot be written, ${faultWords(fault.code)}: status and metrics are not up to date`;
      this.log.state('state', { event: 'state', level: 'warning', message });
    } else this.log.settled('state', { event: 'state', message: `${this.folder} is written again` });
  }
}
