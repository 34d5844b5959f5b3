import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../cli/commands';
import { sandbox } from './sandbox';

const box = sandbox();
const fixture = (name: string) => join(__dirname, 'fixtures', `help-${name}.txt`);

test('masq --help', async () => {
  const { status, stdout, stderr } = box.masq('--help');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  await expect(stdout).toMatchFileSnapshot(fixture('masq'));
});

test.each([['-h'], ['help']])('masq %s is masq --help', argument => {
  expect(box.masq(argument)).toEqual(box.masq('--help'));
});

test('masq alone is wrong usage and shows the help', () => {
  expect(box.masq()).toEqual({ status: 2, stdout: '', stderr: box.masq('--help').stdout });
});

test.each([['--version'], ['-V'], ['version']])('masq %s', argument => {
  expect(box.masq(argument)).toEqual({
    status: 0,
    stdout: expect.stringMatching(/^masq \d+\.\d+\.\d+\n$/),
    stderr: '',
  });
});

describe.each(COMMANDS.map(command => [command.name, command] as const))('masq %s', (name, command) => {
  test('--help', async () => {
    const { status, stdout, stderr } = box.masq(name, '--help');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    await expect(stdout).toMatchFileSnapshot(fixture(name));
  });

  test('every option is in the help, and no line but an example is wider than a terminal', () => {
    const { stdout } = box.masq(name, '--help');
    for (const option of command.options) expect(stdout).toContain(`--${option.name}`);
    for (const line of stdout.split('\n')) if (!line.startsWith('  $ ')) expect(line.length).toBeLessThanOrEqual(80);
  });

  test('-h, masq help, and --help behind mistakes say the same', () => {
    const help = box.masq(name, '--help');
    expect(box.masq(name, '-h')).toEqual(help);
    expect(box.masq('help', name)).toEqual(help);
    expect(box.masq(name, '--nonsense', '--help', 'x', 'y')).toEqual(help);
  });

  test('is in the list of commands with its summary', () => {
    expect(box.masq('--help').stdout).toMatch(new RegExp(`^  ${name} +${command.summary}$`, 'm'));
  });
});
