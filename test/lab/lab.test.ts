import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FAMILIES } from '../../core/address';
import { type Answer, PROTOCOLS } from './host';
import { hasLab, Lab } from './lab';
import type { Node, Outside, Pod } from './machines';

const RANGES = { 4: '203.0.113.0/24', 6: '2001:db8::/32' } as const;
const THERE = { 4: ['203.0.113.0', '203.0.113.7', '203.0.113.255'], 6: ['2001:db8::', '2001:db8:ffff::7'] } as const;

describe.skipIf(!hasLab('nft'))('the lab', () => {
  let lab: Lab;
  let node: Node;
  let pod: Pod;
  let outside: Outside;

  beforeAll(async () => {
    lab = await Lab.open();
    outside = await lab.addOutside('internet', [RANGES[4], RANGES[6]]);
    node = await lab.addNode();
    pod = await node.addPod();
  });
  afterAll(() => lab?.close());

  const addressesOf = (answers: readonly Answer[]): string[] =>
    answers.map(
      answer => answer.fault ?? (answer.seen.port === answer.own.port ? answer.seen.address : 'another port'),
    );

  describe.each(FAMILIES)('IPv%s', family => {
    test.each(PROTOCOLS)('an outside host says by %s whom it sees, at each of its addresses', async protocol => {
      const questions = THERE[family].map(to => ({ protocol, to }));
      const same = (address: string): string[] => THERE[family].map(() => address);
      expect(addressesOf(await pod.ask(questions))).toEqual(same(pod.addresses[family]));
      expect(addressesOf(await node.ask(questions))).toEqual(same(node.addresses[family]));
    });

    test.each(PROTOCOLS)('pods, nodes and outside hosts reach each other by %s', async protocol => {
      const other = await lab.addNode();
      const far = await other.addPod();
      const near = await node.addPod();
      const from = pod.addresses[family];
      const all = [near, far, node, other, lab.router].map(({ addresses }) => ({ protocol, to: addresses[family] }));
      expect(addressesOf(await pod.ask(all))).toEqual(all.map(() => from));
      const back = [{ protocol, to: from, from: THERE[family][1] }];
      expect(addressesOf(await outside.ask(back))).toEqual([THERE[family][1]]);
      await lab.removeNode(other);
      expect((await pod.ask([{ protocol, to: far.addresses[family] }]))[0]!.fault).toBeTypeOf('string');
    });

    test.each(PROTOCOLS)('a source that a node changes is seen by %s', async protocol => {
      const changing = await lab.addNode();
      const masked = await changing.addPod();
      const table = `table ${family === 4 ? 'ip' : 'ip6'} t`;
      changing.exec(['nft', '-f', '-'], {
        input: `${table} {\n chain c {\n type nat hook postrouting priority 100;\n oifname eth0 masquerade\n }\n}\n`,
      });
      const answers = await masked.ask([{ protocol, to: THERE[family][1]! }]);
      expect(addressesOf(answers)).toEqual([changing.addresses[family]]);
    });
  });

  test('what cannot be done is said', async () => {
    expect(() => node.exec(['sh', '-c', 'echo no; exit 3'])).toThrow('node1: sh -c echo no; exit 3 ended with 3: no');
    expect(await pod.ask([{ protocol: 'tcp', to: 'nowhere' }])).toEqual([{ fault: expect.any(String) }]);
    node.exec(['ip', 'route', 'add', 'unreachable', '198.51.100.0/24']);
    expect((await pod.ask([{ protocol: 'tcp', to: '198.51.100.1' }]))[0]!.fault).toContain('No route to host');
  });

  test('programs go on in it until they are ended', async () => {
    const program = node.spawn(['sleep', '1000']);
    const ended = new Promise(resolve => program.on('exit', (_, signal) => resolve(signal)));
    program.kill('SIGTERM');
    expect(await ended).toBe('SIGTERM');
  });
});

test.skipIf(!hasLab())('nothing is left of a lab', async () => {
  const lab = await Lab.open();
  const node = await lab.addNode();
  const pod = await node.addPod();
  const running = (): boolean[] => [lab.router, node, pod].map(({ pid }) => isRunning(pid));
  expect(running()).toEqual([true, true, true]);
  await lab.close();
  expect(running()).toEqual([false, false, false]);
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
