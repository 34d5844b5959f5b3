import { readdirSync, readFileSync, statSync } from 'node:fs';

/** What a process has of the machine. */
export interface Footprint {
  /** KiB of memory that are its own now, and that were at the most. */
  readonly resident: number;
  readonly peak: number;
  readonly descriptors: number;
  /** Milliseconds of processor time of its own, without those of programs that it ran. */
  readonly cpu: number;
}

/** How often it is looked whether something has happened, in milliseconds. */
const LOOK = 1;
/** How long that may take. */
const PATIENCE = 60_000;

/** A `masq-agent run` that runs already. */
export class ResidentAgent {
  private readonly state: string;

  /** @param pid - its process, whose /run may be one that only it sees */
  constructor(private readonly pid: number) {
    this.state = `/proc/${pid}/root/run/masq-agent/state.json`;
  }

  /** Waits until it enforces its file. */
  async ready(): Promise<void> {
    await this.until(() => {
      try {
        return (JSON.parse(readFileSync(this.state, 'utf8')) as { verdict: string }).verdict === 'enforced';
      } catch {
        return false;
      }
    });
    await sleep(50);
  }

  /** Has it look at the kernel once more, and waits until it has. */
  async resync(): Promise<void> {
    const before = this.stamp();
    process.kill(this.pid, 'SIGHUP');
    await this.until(() => this.stamp() !== before);
    await sleep(2 * LOOK);
  }

  footprint(): Footprint {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    const of = (name: string): number => Number(new RegExp(`^${name}:\\s*(\\d+) kB`, 'm').exec(status)![1]);
    const [running] = readFileSync(`/proc/${this.pid}/schedstat`, 'utf8').split(' ');
    return {
      resident: of('VmRSS'),
      peak: of('VmHWM'),
      descriptors: readdirSync(`/proc/${this.pid}/fd`).length,
      cpu: Number(running) / 1e6,
    };
  }

  /** It writes its state at the end of each look, as a file of its own. */
  private stamp(): string {
    const { ino, mtimeNs } = statSync(this.state, { bigint: true });
    return `${ino} ${mtimeNs}`;
  }

  private async until(holds: () => boolean): Promise<void> {
    for (let waited = 0; !holds(); waited += LOOK) {
      if (waited > PATIENCE) throw new Error('the agent does not come to an end');
      await sleep(LOOK);
    }
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds));
}
