import { describe, expect, test } from 'vitest';
import { intent, sandbox } from './sandbox';

const box = sandbox();

/** Wrong usage is told on standard error, with nothing on standard output, and ends with 2. */
const WRONG: readonly (readonly [args: string, message: string])[] = [
  ['vaildate x.yaml', 'masq: "vaildate" is no command of masq; did you mean "masq validate"?'],
  ['frobnicate', 'masq: "frobnicate" is no command of masq; run "masq --help" for the list'],
  ['help vaildate', 'masq: "vaildate" is no command of masq; did you mean "masq validate"?'],
  ['--verbose', 'masq: unknown option "--verbose"; run "masq --help" for the commands and what they take\n'],
  ['-v', 'masq: unknown option "-v"; did you mean "masq --version"?\n'],
  ['--versoin', 'masq: unknown option "--versoin"; did you mean "masq --version"?\n'],
  ['--app=x validate x.yaml', 'masq: unknown option "--app"; run "masq --help" for the commands and what they take\n'],
  ['--check', 'masq: "--check" stands before the command; write it behind: masq COMMAND --check\n'],
  ['-f json validate x.yaml', 'masq: "-f" stands before the command; write it behind: masq validate -f json x.yaml\n'],
  [
    'validate',
    'masq: name at least one FILE or folder, or name them once and for all in .masq.yaml, such as "intents: [intents]"\n',
  ],
  ['validate --formt json x.yaml', 'masq: unknown option "--formt"; did you mean "--format"?\n'],
  ['validate -format json x.yaml', 'masq: unknown option "-format"; did you mean "--format"?\n'],
  ['validate --format', 'masq: option --format needs a value: text, json, github, sarif or junit'],
  ['validate --format xml x.yaml', 'masq: option --format takes text, json, github, sarif or junit, not "xml"'],
  [
    'validate -f jsn x.yaml',
    'masq: option -f takes text, json, github, sarif or junit, not "jsn"; did you mean "json"?',
  ],
  ['validate -f json -f text x.yaml', 'masq: option --format takes one value, but was given "json" and "text"'],
  ['validate --fail-on never x.yaml', 'masq: option --fail-on takes error, warning or note, not "never"'],
  [
    'lint --fail-on warn x.yaml',
    'masq: option --fail-on takes error, warning or note, not "warn"; did you mean "warning"?',
  ],
  ['validate --color sometimes x.yaml', 'masq: option --color takes auto, always or never, not "sometimes"'],
  ['validate --quiet=yes x.yaml', 'masq: option --quiet takes no value, but was given "yes"'],
  ['validate --output dist x.yaml', 'masq: unknown option "--output"; it is one of "masq synth", "masq gitops",'],
  ['lint --pods 10.0.0.0/8 x.yaml', 'masq: unknown option "--pods"; did you mean "--pod-cidr"?\n'],
  ['verify x.yaml --pod-cidrs 10.0.0.0/8', 'masq: unknown option "--pod-cidrs"; did you mean "--pod-cidr"?\n'],
  ['import x.yaml --flags=--enable-ipv6', 'masq: unknown option "--flags"; did you mean "--agent-args"?\n'],
  ['explain x.yaml --pod-cidr 10.0.0.0/8', 'masq: unknown option "--pod-cidr"; did you mean "--facts"?\n'],
  ['explain x.yaml --fix', 'masq: unknown option "--fix"; it is one of "masq lint"\n'],
  ['diff', 'masq: SIDE is missing; usage: masq diff [options] A [B]\n'],
  ['validate -qz x.yaml', 'masq: unknown option "-z" in "-qz"; "masq validate --help" lists the options\n'],
  [
    'synth',
    'masq: name at least one FILE or folder, or an app with --app, or name them once and for all in .masq.yaml, such as "intents: [intents]"\n',
  ],
  ['synth --output= x.yaml', 'masq: option --output needs a value: DIR'],
  ['synth --app', 'masq: option --app needs a value: COMMAND'],
  ['init', 'masq: PLATFORM is missing: kubernetes, gke-standard, gke-autopilot or anthos-bare-metal; or --app'],
  ['init gke-standart', 'masq: "gke-standart" is no platform; did you mean "gke-standard"?'],
  [
    'init openshift',
    'masq: "openshift" is no platform; there are kubernetes, gke-standard, gke-autopilot, anthos-bare-metal',
  ],
  ['init kubernetes gke-standard', 'masq: unexpected argument "gke-standard"; masq init takes one PLATFORM'],
  [
    'init kubernetes --name My_Cluster',
    'masq: "My_Cluster" is no name for a cluster; write lower-case letters, digits and dashes between them, at most 63',
  ],
  ['schema intnt', 'masq: no schema is called "intnt"; did you mean "intent"?'],
  ['schema zzzzzzzz', 'masq: no schema is called "zzzzzzzz"; there are intent, settings, agent-config,'],
  ['schema intent agent-config', 'masq: unexpected argument "agent-config"; masq schema takes one NAME'],
  ['rules MQ1O1', 'masq: "MQ1O1" is no rule; did you mean "MQ'],
  ['rules host-bits', 'masq: "host-bits" is no rule; did you mean "host-bits-set"?\n'],
  [
    'rules nothing',
    'masq: "nothing" is no rule; did you mean "nothing-to-check", "nothing-preserved", "nothing-to-render" or "nothing-checked"?\n',
  ],
  ['rules zzzzzzzz', 'masq: "zzzzzzzz" is no rule; run "masq rules" for the list'],
  ['rules --format yaml', 'masq: option --format takes text or json, not "yaml"'],
  ['completion', 'masq: SHELL is missing; usage: masq completion SHELL'],
  ['completion powershell', 'masq: no completion for "powershell"; there is one for bash, zsh, fish'],
  ['completion bash zsh', 'masq: unexpected argument "zsh"; masq completion takes one SHELL'],
];

describe('wrong usage', () => {
  test.each(WRONG)('masq %s', (args, message) => {
    box.write('x.yaml', intent('a'));
    const { status, stdout, stderr } = box.masq(...args.split(' '));
    expect(stderr.startsWith(message), stderr).toBe(true);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(box.list()).toEqual(['x.yaml']);
  });

  test('never breaks a line or colours a terminal with what was typed', () => {
    const { status, stderr } = box.masq('validate', '--no\u001b[31m\nsuch');
    expect(status).toBe(2);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
    expect(stderr).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
    expect(stderr.split('\n')).toHaveLength(2);
  });
});

test.each(['validate', 'synth'])(
  'masq %s alone names the file that masq init writes, and does not take it',
  command => {
    box.write('masq.yaml', intent('a'));
    const { status, stderr } = box.masq(command);
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: expect.stringMatching(new RegExp(`; "masq.yaml" is here: masq ${command} masq.yaml\n$`)),
    });
    expect(box.list()).toEqual(['masq.yaml']);
  },
);

test('all spellings of an option are one', () => {
  box.write('x.yaml', intent('a'));
  const spellings = [['--format', 'json'], ['--format=json'], ['-f', 'json'], ['-fjson'], ['-qf', 'json']];
  const runs = spellings.map(spelling => box.masq('validate', ...spelling, 'x.yaml'));
  for (const run of runs) expect(run).toEqual(runs[0]);
  expect(JSON.parse(runs[0]!.stdout)).toHaveProperty('summary.files', 1);
});

test('options may follow arguments, and behind -- everything is an argument', () => {
  box.write('-q', intent('a'));
  expect(box.masq('validate', '--', '-q')).toMatchObject({ status: 0, stdout: 'no findings in 1 file (1 document)\n' });
  expect(box.masq('validate', './-q', '--quiet')).toEqual({ status: 0, stdout: '', stderr: '' });
});
