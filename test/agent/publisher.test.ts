import { expect, test } from 'vitest';
import { whyNotReady } from '../../agent/health';
import { Log } from '../../agent/log';
import { Publisher } from '../../agent/publisher';
import { METRICS_FILE, STATE_FILE, type State } from '../../agent/state';
import { FakeMachine } from './fake-machine';

const FOLDER = '/run/masq-agent';

const STATE: Omit<State, 'version' | 'pid'> = {
  verdict: 'enforced',
  ready: true,
  resyncSeconds: 60,
  message: '',
  config: { path: '/c', valid: true, source: 'file', digest: '0', generation: 1, preserved: 1, findings: [] },
  counts: { reconciles: 1, applies: 1, drifts: 0, failures: 0, refusals: 0, deletions: 0 },
};

function published(): { readonly machine: FakeMachine; readonly publisher: Publisher } {
  const machine = new FakeMachine();
  const publisher = new Publisher(machine, FOLDER, new Log(machine, 'text'));
  publisher.publish(STATE);
  return { machine, publisher };
}

test('what can no longer be written is not left as it was', () => {
  const { machine, publisher } = published();
  expect(whyNotReady(machine, FOLDER)).toBeUndefined();
  machine.writeFile = () => ({ code: 'ENOSPC' });
  publisher.publish({ ...STATE, verdict: 'failed', ready: false, message: 'no rights' });
  expect(whyNotReady(machine, FOLDER)).toBe(
    `there is no ${FOLDER}/${STATE_FILE}: no agent has run here, it runs with another --state-dir, or it cannot write it`,
  );
  expect(machine.readFile(`${FOLDER}/${METRICS_FILE}`)).toMatchObject({ ok: false });
});

test('a second agent with the same folder is told of, once, by each of them', () => {
  const { machine, publisher } = published();
  for (let n = 0; n < 3; n++) publisher.publish(STATE);
  expect(machine.log).toEqual([]);
  const other = new Publisher(machine, FOLDER, new Log(machine, 'text'));
  for (let n = 0; n < 3; n++) {
    other.publish({ ...STATE, resyncSeconds: 30 });
    publisher.publish(STATE);
  }
  const told = expect.stringContaining(`warning rival: somebody else has written ${FOLDER}/state.json: a second agent`);
  expect(machine.log).toEqual([told, told]);
});

test('a state that has gone, or never was written, is nobody else’s', () => {
  const { machine, publisher } = published();
  machine.removeFile(`${FOLDER}/${STATE_FILE}`);
  publisher.publish(STATE);
  const later = new Publisher(machine, FOLDER, new Log(machine, 'text'));
  later.publish(STATE);
  expect(machine.log).toEqual([]);
});

test('a file that goes makes room for the next', () => {
  const { machine, publisher } = published();
  const write = machine.writeFile.bind(machine);
  const isThere = (path: string): boolean => machine.readFile(path).ok;
  machine.writeFile = (path, text) => (isThere(path) ? { code: 'ENOSPC' } : write(path, text));
  publisher.publish({ ...STATE, verdict: 'failed', ready: false, message: 'no rights' });
  expect(whyNotReady(machine, FOLDER)).toBe('failed: no rights');
  expect(machine.log).toEqual([]);
});

test('that the last good file cannot be kept is told once', () => {
  const { machine, publisher } = published();
  const write = machine.writeFile.bind(machine);
  machine.writeFile = (path, text) => (path.endsWith('last-good') ? { code: 'ENOSPC' } : write(path, text));
  for (let n = 0; n < 3; n++) {
    publisher.keepLastGood('{}');
    publisher.publish(STATE);
  }
  expect(machine.log).toHaveLength(1);
});
