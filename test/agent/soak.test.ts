import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { agentFile } from '../../bench/agent-files';
import { ResidentAgent } from '../../bench/resident-agent';
import { soak } from '../../bench/soak';
import { TestNode } from './node-lab';
import { buildProgram, isBuildable } from './runtimes';

const folder = mkdtempSync(join(tmpdir(), 'masq-soak-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What `npm run soak` shows over thousands of resyncs, over as many as a test has time for. */
describe.runIf(isBuildable('quickjs')).each(['iptables', 'nftables'])('with %s', backend => {
  let node: TestNode | undefined;
  afterEach(() => node?.stop());

  async function started(entries: number): Promise<[TestNode, ResidentAgent]> {
    const program = await buildProgram('quickjs', 'agent/entry', folder);
    node = await TestNode.start();
    node.configure(agentFile(entries, 'yaml'));
    const agent = new ResidentAgent(node.start(program, [`--backend=${backend}`]).child.pid!);
    await agent.ready();
    return [node, agent];
  }

  // A list as long as this needs a socket buffer that only root may have.
  test.runIf(process.getuid?.() === 0)(
    '10,000 entries take no more than 12 MiB',
    async () => {
      const [, agent] = await started(10_000);
      await soak(agent, 3);
      expect(agent.footprint().resident).toBeLessThanOrEqual(12 * 1024);
    },
    120_000,
  );

  test('300 resyncs leave the executable as it was', async () => {
    const [node, agent] = await started(64);
    // Garbage of a quarter of a mebibyte is not looked for; by then there was more.
    await soak(agent, 100);
    const before = agent.footprint();
    const samples = await soak(agent, 200);
    const after = samples.at(-1)!;
    expect(after.descriptors).toBe(before.descriptors);
    expect(after.resident - before.resident).toBeLessThan(256);
    expect(after.peak).toBeLessThanOrEqual(4096);
    expect(node.state().counts).toMatchObject({ applies: 1, drifts: 0, failures: 0 });
    expect(node.state().counts.reconciles).toBeGreaterThan(300);
  }, 120_000);
});
