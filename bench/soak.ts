import { resolve } from 'node:path';
import { TestNode } from '../test/agent/node-lab';
import { agentFile } from './agent-files';
import { table } from './child';
import { type Footprint, ResidentAgent } from './resident-agent';

const SAMPLES = 20;
const EXECUTABLE = resolve('build/masq-agent');

/** What was measured after so many resyncs. */
export interface Sample extends Footprint {
  readonly resyncs: number;
}

/** Has an agent look at the kernel many times over, and measures it before, now and then, and behind. */
export async function soak(agent: ResidentAgent, resyncs: number): Promise<Sample[]> {
  const samples: Sample[] = [{ resyncs: 0, ...agent.footprint() }];
  for (let n = 1; n <= resyncs; n++) {
    await agent.resync();
    if (n % Math.ceil(resyncs / SAMPLES) === 0) samples.push({ resyncs: n, ...agent.footprint() });
  }
  return samples;
}

/** `npm run soak -- [RESYNCS] [BACKEND] [ENTRIES]`: whether the executable grows. */
async function main([resyncs = '10000', backend = 'iptables', entries = '64']: readonly string[]): Promise<number> {
  const node = await TestNode.start();
  try {
    node.configure(agentFile(Number(entries), 'yaml'));
    const { child } = node.start([EXECUTABLE], [`--backend=${backend}`]);
    const agent = new ResidentAgent(child.pid!);
    await agent.ready();
    const samples = await soak(agent, Number(resyncs));
    const rows = samples.map(({ resyncs, resident, descriptors, cpu }, n) => {
      const before = samples[n - 1];
      const each = before ? ((cpu - before.cpu) / (resyncs - before.resyncs)).toFixed(2) : '';
      return [String(resyncs), String(resident), String(descriptors), each];
    });
    console.log(table([['resyncs', 'resident KiB', 'descriptors', 'own CPU ms a resync'], ...rows]));
    return 0;
  } finally {
    await node.stop();
  }
}

if (require.main === module) {
  main(process.argv.slice(2)).then(
    code => {
      process.exitCode = code;
    },
    (error: unknown) => {
      console.error(error);
      process.exitCode = 2;
    },
  );
}
