import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runTool } from '../../agent/tool';
import { FakeMachine, FakeNat, loadMain } from './fake-machine';

const CONFIG = '/etc/config/ip-masq-agent';
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let main: Awaited<ReturnType<typeof loadMain>>;
let machine: FakeMachine;
let nat: FakeNat;

/** Starts the agent, which runs as long as time passes. */
async function start(): Promise<void> {
  machine.args = ['--backend=iptables'];
  void main(machine);
  await machine.pass(1000);
}

/** Runs another command of the agent on the same machine. */
async function command(...args: string[]): Promise<{ readonly code: number; readonly out: string }> {
  machine.args = args;
  machine.out = '';
  return { code: await main(machine), out: machine.out };
}

beforeAll(async () => {
  main = await loadMain();
});
beforeEach(() => {
  machine = new FakeMachine();
  nat = new FakeNat(machine);
  machine.writeFile(CONFIG, 'nonMasqueradeCIDRs: [10.1.0.0/16]\n');
});

describe('the time of day jumps', () => {
  test.each([
    ['forward by two hours', DAY / 12],
    ['back by two hours', -DAY / 12],
    ['forward by ten years', 3650 * DAY],
    ['back by fifty years', -50 * 365 * DAY],
  ])('%s: the agent goes on, and its probes know it', async (_, jump) => {
    await start();
    expect(nat.rules('IP-MASQ-AGENT')).toHaveLength(3);
    for (let i = 0; i < 5; i++) {
      machine.jump(jump / 5);
      expect(await command('healthz')).toEqual({ code: 0, out: '' });
      expect(await command('healthz', '--ready')).toEqual({ code: 0, out: '' });
      const before = nat.looks;
      nat.flush('IP-MASQ-AGENT');
      await machine.pass(MINUTE + 1000);
      // One look of each resync, two around what is repaired.
      expect(nat.looks - before).toBe(2);
      expect(nat.rules('IP-MASQ-AGENT')).toHaveLength(3);
    }
  });

  test.each([
    ['forward', DAY],
    ['back', -DAY],
  ])('%s: an agent that is stuck is found all the same', async (_, jump) => {
    await start();
    machine.programs.set('iptables-legacy-save', () => 'hangs');
    machine.run = () => new Promise(() => {});
    await machine.pass(MINUTE);
    machine.jump(jump);
    expect((await command('healthz')).code).toBe(0);
    await machine.pass(5 * MINUTE);
    const { code, out } = await command('healthz');
    expect({ code, out }).toEqual({ code: 1, out: expect.stringMatching(/^the agent did nothing for \d+ s\n$/) });
    machine.jump(-jump);
    expect((await command('healthz')).code).toBe(1);
  });
});

test('a tool that hangs is no agent that is stuck, and is told of once', async () => {
  await start();
  machine.programs.set('iptables-legacy-save', () => 'hangs');
  for (let i = 0; i < 30; i++) {
    await machine.pass(MINUTE);
    expect((await command('healthz')).code).toBe(0);
  }
  expect(machine.log.filter(line => line.includes('failed'))).toEqual([
    expect.stringContaining('failed: "iptables-legacy-save -t nat" did not end within 15 s and was killed'),
  ]);
  expect((await command('healthz', '--ready')).code).toBe(1);
});

test('a heart that beat before the machine started anew does not count', async () => {
  await start();
  await machine.pass(5 * MINUTE);
  machine.restart();
  expect(await command('healthz')).toEqual({ code: 1, out: 'no agent has run since the machine started\n' });
  await machine.pass(MINUTE);
  expect((await command('healthz')).code).toBe(1);
  await start();
  expect((await command('healthz')).code).toBe(0);
});

test('a file that a ConfigMap brings with an old time counts', async () => {
  await start();
  machine.jump(-DAY);
  machine.writeFile(CONFIG, 'nonMasqueradeCIDRs: [10.2.0.0/16]\n');
  await machine.pass(2000);
  expect(nat.rules('IP-MASQ-AGENT').join('\n')).toContain('-d 10.2.0.0/16');
});

describe('a tool is given up', () => {
  test.each([
    ['hangs', 'hangs', /^"iptables-legacy-save -t nat" did not end within 15 s and was killed$/],
    ['is not there', 'missing', /^there is no "iptables-legacy-save" on PATH; the agent needs it for this backend$/],
    ['fails', { code: 4, err: 'a\nb\nc\nd\n' }, /^"iptables-legacy-save -t nat" ended with 4: a; b; c$/],
  ] as const)('that %s', async (_, answer, why) => {
    machine.programs.set('iptables-legacy-save', () => answer);
    const run = runTool(machine, ['iptables-legacy-save', '-t', 'nat']);
    await machine.pass(15_000);
    expect(await run).toMatchObject({ why: expect.stringMatching(why) });
  });
});
