import { describe, expect, test } from 'vitest';
import { HOST_BITS, intent, isMissing, sandbox } from './sandbox';

const box = sandbox();
const ESCAPE = '\u001b[';

describe('colours', () => {
  /** Options and environment, and whether what is not a terminal is coloured. */
  const CASES: readonly (readonly [options: readonly string[], env: Record<string, string>, coloured: boolean])[] = [
    [[], {}, false],
    [['--color', 'auto'], {}, false],
    [['--color', 'always'], {}, true],
    [['--color', 'always'], { NO_COLOR: '1' }, true],
    [['--color', 'never'], { FORCE_COLOR: '1' }, false],
    [[], { FORCE_COLOR: '1' }, true],
    [[], { FORCE_COLOR: '0' }, false],
    [[], { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    [['--color=never'], { TERM: 'xterm-256color' }, false],
  ];

  test.each(CASES)('%j with %j: %s', (options, env, coloured) => {
    box.write('a.yaml', intent('a', HOST_BITS));
    const { stdout } = box.masqWith({ env }, 'validate', ...options, 'a.yaml');
    expect(stdout.includes(ESCAPE)).toBe(coloured);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: taking them out is the point
    const bare = stdout.replace(/\x1b\[\d+m/g, '');
    expect(bare).toBe(box.masq('validate', '--color', 'never', 'a.yaml').stdout);
    expect(box.masqWith({ env }, 'rules', ...options, 'MQ101').stdout.includes(ESCAPE)).toBe(coloured);
  });

  describe.skipIf(isMissing('script', '--version'))('on a terminal', () => {
    const onTerminal = (prefix: string) =>
      box.bash(`script -qec '${prefix} "${process.execPath}" "$MASQ" validate a.yaml' /dev/null </dev/null`, {
        MASQ: `${__dirname}/../../lib/cli/masq.js`,
        TERM: 'xterm',
        SHELL: '/bin/sh',
      });

    test.each([
      ['', true],
      ['NO_COLOR=1', false],
      ['NO_COLOR=', true],
      ['TERM=dumb', false],
    ])('%s', (prefix, coloured) => {
      box.write('a.yaml', intent('a', HOST_BITS));
      const { status, stdout } = onTerminal(prefix);
      expect(status).toBe(1);
      expect(stdout).toContain('MQ101');
      expect(stdout.includes(ESCAPE)).toBe(coloured);
    });
  });
});

describe('a reader that goes away', () => {
  test('masq rules | head -1', () => {
    const { status, stdout, stderr } = box.bash('set -o pipefail; masq rules | head -1');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^MQ\d{3} .*\n$/);
  });

  test('more than a pipe holds: the exit code is still that of the findings', () => {
    const list = Array.from({ length: 4000 }, (_, i) => `10.${i >> 8}.${i & 255}.1/24`).join(', ');
    box.write('many.yaml', intent('a', `[${list}]`));
    const { stdout, stderr } = box.bash('masq validate many.yaml | head -1; echo "$PIPESTATUS"');
    expect(stderr).toBe('');
    expect(stdout.trimEnd().split('\n')).toEqual([expect.stringMatching(/^many\.yaml:12:16 error MQ101/), '1']);
  });

  test('standard output and error that are closed', () => {
    box.write('a.yaml', intent('a', HOST_BITS));
    expect(box.bash('masq validate a.yaml >&-; echo $?').stdout).toBe('1\n');
    expect(box.bash('masq validate 2>&-; echo $?').stdout).toBe('2\n');
  });

  test('a slow reader gets everything', () => {
    const list = Array.from({ length: 1000 }, (_, i) => `10.${i >> 8}.${i & 255}.1/24`).join(', ');
    box.write('many.yaml', intent('a', `[${list}]`));
    const direct = box.masq('validate', '-f', 'json', 'many.yaml').stdout;
    const slow = box.bash('masq validate -f json many.yaml | (sleep 0.3; cat)').stdout;
    expect(direct.length).toBeGreaterThan(200_000);
    expect(slow).toBe(direct);
  });
});
