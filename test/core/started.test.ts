import { expect, test } from 'vitest';
import { scriptWords } from '../../core/manifest/started';

test.each([
  ['sh -c', '/ip-masq-agent --v=2', ['/ip-masq-agent', '--v=2']],
  ['/bin/bash -ec', ' exec /usr/bin/masq-agent ', ['/usr/bin/masq-agent']],
  ['ash -e -c', 'ip-masq-agent-amd64', ['ip-masq-agent-amd64']],
])('of a script that starts the agent and nothing else the words are read: %s %j', (shell, script, words) => {
  const command = [...shell.split(' '), script];
  expect(scriptWords(command)).toEqual({ words, index: command.length - 1 });
});

test.each([
  ['that makes more of it', ['sh', '-c', '/ip-masq-agent --v=$LEVEL']],
  ['that starts another program', ['sh', '-c', 'sleep 5']],
  ['that starts none', ['sh', '-c', 'exec']],
  ['that reads a file', ['sh', '-x', '/ip-masq-agent']],
  ['that reads a file without options', ['sh', '/ip-masq-agent']],
  ['without a script', ['sh', '-c']],
  ['by itself', ['sh']],
  ['which is none', ['/ip-masq-agent', '-c', '/ip-masq-agent']],
])('a shell %s says nothing', (_, command) => {
  expect(scriptWords(command)).toBeUndefined();
});
