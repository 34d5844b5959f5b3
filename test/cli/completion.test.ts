import { mkdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { PLATFORMS, SCHEMAS } from '../../cli/choices';
import { COMMANDS } from '../../cli/commands';
import { RULE_CODES } from '../../core/diagnostics';
import { isMissing, sandbox } from './sandbox';

const box = sandbox();

describe.skipIf(isMissing('bash', '--version'))('masq completion bash', () => {
  /** What bash offers for the last of some words, after the script was loaded as its own example says. */
  function complete(...words: string[]): string[] {
    const quoted = words.map(word => `'${word}'`).join(' ');
    const { status, stdout, stderr } = box.bash(`
      source <(masq completion bash)
      COMP_WORDS=(masq ${quoted}); COMP_CWORD=${words.length}
      $(complete -p masq | sed -E 's/.*-F ([^ ]+).*/\\1/')
      printf '%s\\n' "\${COMPREPLY[@]}"`);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout
      .split('\n')
      .filter(line => line !== '')
      .sort();
  }

  const names = COMMANDS.map(command => command.name);

  test('the commands', () => {
    expect(complete('')).toEqual([...names, 'help', '--help', '--version'].sort());
    expect(complete('s')).toEqual(['schema', 'synth']);
    expect(complete('help', '')).toEqual([...names].sort());
  });

  test.each(names)('the options of %s', name => {
    const { options } = COMMANDS.find(command => command.name === name)!;
    expect(complete(name, '--')).toEqual([...options.map(option => `--${option.name}`), '--help'].sort());
  });

  test('values, platforms, schemas and shells', () => {
    expect(complete('validate', '--format', '')).toEqual(['github', 'json', 'junit', 'sarif', 'text']);
    expect(complete('validate', '--format', '=', 'j')).toEqual(['json', 'junit']);
    expect(complete('synth', '--fail-on', '')).toEqual(['error', 'note', 'warning']);
    expect(complete('init', '')).toEqual([...PLATFORMS].sort());
    expect(complete('schema', 'a')).toEqual(SCHEMAS.filter(schema => schema.startsWith('a')).sort());
    expect(complete('completion', '')).toEqual(['bash', 'fish', 'zsh']);
    expect(complete('rules', 'MQ90')).toEqual(['MQ901', 'MQ902', 'MQ903', 'MQ904', 'MQ905', 'MQ906', 'MQ907']);
    expect(complete('rules', 'MQ101', '')).toEqual(RULE_CODES);
  });

  test('files and folders', () => {
    box.write('an intent.yaml', '');
    mkdirSync(box.path('a folder'));
    expect(complete('validate', 'a')).toEqual(['a folder', 'an intent.yaml']);
    expect(complete('synth', '-o', 'a')).toEqual(['a folder']);
  });
});

test.each(['zsh', 'fish'])('masq completion %s names every command and option', shell => {
  const { status, stdout, stderr } = box.masq('completion', shell);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  for (const { name, options } of COMMANDS) {
    expect(stdout).toContain(name);
    for (const option of options) expect(stdout).toContain(shell === 'fish' ? `-l ${option.name}` : `--${option.name}`);
  }
});
