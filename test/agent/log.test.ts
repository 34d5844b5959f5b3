import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Log } from '../../agent/log';
import { FakeMachine, FakeNat, loadMain } from './fake-machine';

const CONFIG = '/etc/config/ip-masq-agent';
const RESYNC = 1000;
const GOOD = 'nonMasqueradeCIDRs: [10.1.0.0/16]\nresyncInterval: 1s\n';

let main: Awaited<ReturnType<typeof loadMain>>;
let machine: FakeMachine;
let nat: FakeNat;
beforeAll(async () => {
  main = await loadMain();
});
beforeEach(() => {
  machine = new FakeMachine();
  nat = new FakeNat(machine);
});

/** Starts the agent and lets fifty resyncs pass. Answers what was told in them. */
async function fifty(change: () => void, args: readonly string[] = []): Promise<string[]> {
  machine.args = ['--backend=iptables', ...args];
  machine.writeFile(CONFIG, GOOD);
  void main(machine);
  await machine.pass(RESYNC);
  machine.log.length = 0;
  change();
  const before = reconciles();
  // Failures are tried again after five seconds at the latest, and so as often as resyncs here.
  await machine.pass(50 * RESYNC + 500);
  expect(reconciles() - before).toBeGreaterThanOrEqual(50);
  return machine.log.map(line => line.replace(/^\S+ /, ''));
}

function reconciles(): number {
  const state = machine.readFile('/run/masq-agent/state.json');
  return state.ok ? (JSON.parse(state.text) as { counts: { reconciles: number } }).counts.reconciles : 0;
}

describe('over fifty resyncs, what lasts is told once:', () => {
  test('nothing, where nothing changes', async () => {
    expect(await fifty(() => {})).toEqual([]);
  });

  test('a tool that fails', async () => {
    machine.programs.set('iptables-legacy-restore', () => ({ code: 4, err: 'Resource busy\n' }));
    expect(await fifty(() => nat.flush('IP-MASQ-AGENT'))).toEqual([]);
    expect(machine.runs.get('iptables-legacy-restore')).toBeGreaterThan(50);
  });

  test('a tool that begins to fail', async () => {
    const told = await fifty(() => {
      nat.flush('IP-MASQ-AGENT');
      machine.programs.set('iptables-legacy-restore', () => ({ code: 4, err: 'Resource busy\n' }));
    });
    expect(told).toEqual(['error failed: "iptables-legacy-restore --noflush --wait=5" ended with 4: Resource busy']);
  });

  test('a file that is refused, each mistake on a line of its own', async () => {
    const told = await fifty(() =>
      machine.writeFile(CONFIG, 'nonMasqueradeCIDRs: [10.1.0.1/16]\nmasqLinkLocal: maybe\n'),
    );
    expect(told).toHaveLength(2);
    for (const line of told)
      expect(line).toMatch(/^error refused: \/etc\/config\/ip-masq-agent:[12]:\d+ error MQ\d+ \S/);
  });

  test('a rule of others', async () => {
    const told = await fifty(() => nat.insert('POSTROUTING', '-d 10.1.2.0/24 -j MASQUERADE'));
    expect(told).toEqual([expect.stringMatching(/^warning contradicted: packets to 10\.1\.2\.0 are masqueraded by/)]);
  });

  test('a rule of others that may decide', async () => {
    const told = await fifty(() => nat.insert('POSTROUTING', '-s 10.0.0.0/8 -j MASQUERADE'));
    expect(told).toEqual([expect.stringMatching(/^warning unproven: what happens to packets to /)]);
  });

  test('a state that cannot be written', async () => {
    const told = await fifty(() => {
      const write = machine.writeFile.bind(machine);
      machine.writeFile = (path, text) => (path.endsWith('metrics') ? { code: 'ENOSPC' } : write(path, text));
    });
    expect(told).toEqual([
      'warning state: /run/masq-agent cannot be written, the disk is full (ENOSPC): status and metrics are not up to date',
    ]);
  });

  test('what comes and goes is told each time', async () => {
    machine.args = ['--backend=iptables'];
    machine.writeFile(CONFIG, GOOD);
    void main(machine);
    await machine.pass(RESYNC);
    machine.log.length = 0;
    for (let i = 0; i < 3; i++) {
      nat.insert('POSTROUTING', '-d 10.1.2.0/24 -j MASQUERADE');
      await machine.pass(5 * RESYNC);
      nat.flush('POSTROUTING');
      await machine.pass(5 * RESYNC);
    }
    const events = machine.log.map(line => /^\S+ \w+ (\S+):/.exec(line)![1]);
    expect(events).toEqual(Array(3).fill(['contradicted', 'drift', 'proven']).flat());
  });
});

describe('an event is one line', () => {
  const odd = 'a\nb\r\n\u2028c\u0000\u001b[31md "e" \\';

  test('of words', () => {
    new Log(machine, 'text').tell({ event: 'drift', level: 'warning', message: odd });
    expect(machine.log).toEqual(['2026-01-01T00:00:00.000Z warning drift: a b c [31md "e" \\']);
  });

  test('of JSON', () => {
    new Log(machine, 'json').tell({ event: 'drift', message: odd, fields: { deviations: 2 } });
    expect(machine.log.map(line => JSON.parse(line) as unknown)).toEqual([
      { time: '2026-01-01T00:00:00.000Z', level: 'info', event: 'drift', message: odd, deviations: 2 },
    ]);
  });

  test('from the first to the last', async () => {
    await fifty(() => machine.writeFile(CONFIG, 'a: b\n'), ['--log-format=json']);
    expect(machine.log).not.toEqual([]);
    for (const line of machine.log) {
      expect(Object.keys(JSON.parse(line) as object).slice(0, 4)).toEqual(['time', 'level', 'event', 'message']);
    }
  });
});
