import {
  AGENT_FLAG_NAMES,
  type AgentFlags,
  AZURE_FLAG_NAMES,
  chainFault,
  type FlagFault,
  type ParsedFlags,
  parseAgentFlags,
  portRangeFault,
} from '../agentfile/flags';
import {
  COMMANDS,
  OPTION_DEFAULTS,
  type ParsedOptions,
  parseMasqAgentOptions,
  podCidrsFault,
  TOGGLE_OPTIONS,
  VALUED_OPTIONS,
} from '../agentfile/options';
import { orList, suggest, type ValuePath } from '../diagnostics';
import type { Findings } from '../intent/findings';
import { valueAt } from '../schema/path';
import type { SourceDocument } from '../source';
import { list, record, written } from './object';
import type { Program } from './pod';
import { isAgentProgram, scriptWords } from './started';

/** What a container's command and arguments say of the agent. */
export interface AgentArguments {
  /** The flags, with the agent's defaults for the rest. */
  readonly flags: AgentFlags;
  /** How often Azure's agent reads its files, in seconds, when a flag says so. */
  readonly resyncSeconds?: number;
  /** The agent's file. */
  readonly config: string;
  /** Where masq-agent keeps its state. */
  readonly stateFolder: string;
  /** Through which tool masq-agent writes its rules. */
  readonly backend: string;
  /** Where packets of pods come from, as masq-agent is told; empty: it is not told. */
  readonly podCIDRs: string;
}

/** An argument and where it stands. */
interface Argument {
  readonly text: string;
  readonly path: ValuePath;
}

/** Checks what a container starts; undefined when it is not the agent. */
export function checkArguments(
  document: SourceDocument,
  container: ValuePath,
  program: Program,
  findings: Findings,
): AgentArguments | undefined {
  const given = agentArguments(document, container, findings);
  if (!given) return undefined;
  if (program !== 'masq-agent') {
    const names = program === 'ip-masq-agent-v2' ? AZURE_FLAG_NAMES : AGENT_FLAG_NAMES;
    const parsed = parseAgentFlags(
      given.map(word => word.text),
      names,
    );
    for (const fault of parsed.faults) findings.add('MQ612', given[fault.index]!.path, flagText(fault, given, names));
    checkFlags(document, container, { given, parsed }, findings);
    const { flags, resyncSeconds } = parsed;
    const values = { ...OPTION_DEFAULTS, backend: 'iptables' };
    return { ...argumentsOf(flags, values), ...(resyncSeconds !== undefined && { resyncSeconds }) };
  }
  const parsed = parseMasqAgentOptions(given.map(word => word.text));
  for (const fault of parsed.faults) findings.add('MQ612', given[fault.index]!.path, optionText(fault, given));
  checkFlags(document, container, { given, parsed }, findings);
  checkPodCidrs(document, container, { given, parsed }, findings);
  return checkTask(parsed, given, findings) ? argumentsOf(parsed.flags, parsed.values) : undefined;
}

function argumentsOf(flags: AgentFlags, values: ParsedOptions['values']): AgentArguments {
  const { config, backend, 'state-dir': stateFolder, 'pod-cidrs': podCIDRs } = values;
  return { flags, config, stateFolder, backend, podCIDRs };
}

/** What the agent is started with; undefined when it is not the agent that the container starts. */
function agentArguments(document: SourceDocument, container: ValuePath, findings: Findings): Argument[] | undefined {
  const spec = record(valueAt(document.value, container));
  if (!['command', 'args'].map(key => isWords(spec[key], [...container, key], findings)).every(Boolean))
    return undefined;
  const words = (key: 'command' | 'args'): Argument[] =>
    list(spec[key]).map((word, i) => ({ text: expanded(written(word), spec.env), path: [...container, key, i] }));
  const [program, ...more] = words('command');
  const args = words('args');
  const script = program && scriptWords([program, ...more, ...args].map(({ text }) => text));
  const scriptAt = script && [program!, ...more, ...args][script.index]!.path;
  const given = script ? script.words.slice(1).map(text => ({ text, path: scriptAt! })) : [...more, ...args];
  if (!program || script || isAgentProgram(program.text)) {
    const open = given.find(({ text }) => text.startsWith('$(') && filledInLater(text, spec));
    if (!open) return given;
    const message = `what "${open.text}" stands for is filled in when the pod starts: masq does not know the agent's flags`;
    findings.add('MQ612', open.path, { message, severity: 'warning' });
    return undefined;
  }
  const message = `the container starts "${program.text}", not the agent itself: masq does not know the agent's flags`;
  findings.add('MQ612', program.path, { message, severity: 'warning' });
  return undefined;
}

/** Whether what a container is started with is a list, or is not there; one that is neither is reported. */
function isWords(value: unknown, path: ValuePath, findings: Findings): boolean {
  if (value === undefined || value === null || Array.isArray(value)) return true;
  const message = `${path.at(-1)} "${written(value)}" is no list; write [${written(value)}]`;
  findings.add('MQ204', path, message);
  return false;
}

/** An argument with the container's variables in it, as the kubelet fills them in: those that are not there stay. */
function expanded(text: string, env: unknown): string {
  const values = new Map(
    list(env)
      .map(record)
      .map(({ name, value }) => [name, value]),
  );
  return text.replace(/\$\((\w+)\)/g, (all, name) => {
    const value = values.get(name);
    return typeof value === 'string' ? value : all;
  });
}

/** Whether a variable in an argument gets its value from elsewhere than the manifest. */
function filledInLater(text: string, container: unknown): boolean {
  const { env, envFrom } = record(container);
  const open = list(env)
    .map(record)
    .filter(({ valueFrom }) => valueFrom !== undefined);
  const names = [...text.matchAll(/\$\((\w+)\)/g)].map(([, name]) => name);
  return names.some(name => list(envFrom).length > 0 || open.some(variable => variable.name === name));
}

/** What is wrong with an argument of ip-masq-agent, or of Azure's agent, by the flags that it has. */
function flagText({ kind, name, index }: FlagFault, given: readonly Argument[], names: readonly string[]): string {
  switch (kind) {
    case 'positional': {
      if (/^\$\(\w+\)$/.test(name))
        return `the container has no variable for "${name}", which stays as it is: no flag, behind which the agent silently ignores every other; add it to env, or remove it`;
      const before = given[index - 1]?.text;
      const instead = /^(?:true|false)$/.test(name) ? `write ${before}=${name}` : 'remove it';
      return `argument "${name}" is no flag; the agent silently ignores every flag behind it: ${instead}`;
    }
    case 'missing':
      return `flag --${name} lacks its value, and the agent does not start without; write --${name}=…`;
    case 'value': {
      const value = /=([\s\S]*)$/.exec(given[index]!.text)?.[1] ?? given[index + 1]?.text;
      if (name === 'resync-interval')
        return `flag --${name} is a number of seconds, not "${value}"; write --${name}=60`;
      const apart = wordsApart(given[index]!.text);
      return `flag --${name} is true or false, not "${value}"${apart === undefined ? '' : `; ${apart}`}`;
    }
    case 'unknown': {
      const apart = wordsApart(given[index]!.text);
      const agent = names === AZURE_FLAG_NAMES ? "Azure's ip-masq-agent-v2" : 'ip-masq-agent';
      if (apart !== undefined)
        return `${agent} does not start with "${given[index]!.text}", which is one argument, for a flag called "${name}"; ${apart}`;
      const near = suggest(name, names);
      return `${agent} has no flag --${name}; ${near ? `did you mean --${near}?` : 'it does not start with it'}`;
    }
  }
}

/** What to write for several words in one argument that begins as a flag does; undefined where there is one word. */
function wordsApart(text: string): string | undefined {
  const words = text.trim().split(/\s+/);
  if (words.length < 2 || !text.startsWith('-')) return undefined;
  // A word that is no flag is the value of the one before it.
  const apart: string[] = [];
  for (const word of words) {
    const before = apart.at(-1);
    if (before === undefined || before.includes('=') || word.startsWith('-')) apart.push(word);
    else apart[apart.length - 1] = `${before}=${word}`;
  }
  const [first, ...others] = apart.map(word => `"${word}"`);
  return others.length === 0
    ? `write ${first}`
    : `write each as an argument of its own: ${[first, ...others].join(', ')}`;
}

/** What is wrong with an argument of masq-agent, which ends at once with any of them. */
function optionText({ kind, name, index }: FlagFault, given: readonly Argument[]): string {
  if (kind === 'missing')
    return `option --${name} lacks its value, and masq-agent does not start without; write --${name}=…`;
  if (kind === 'positional') return `argument "${name}" is no option, and masq-agent does not start with it; remove it`;
  if (kind === 'unknown') {
    const near = suggest(name, [...AGENT_FLAG_NAMES, ...Object.keys(VALUED_OPTIONS), ...TOGGLE_OPTIONS]);
    return `masq-agent has no option --${name}; ${near ? `did you mean --${near}?` : 'it does not start with it'}`;
  }
  const value = /=([\s\S]*)$/.exec(given[index]!.text)?.[1] ?? given[index + 1]?.text;
  return `option --${name} is ${orList(VALUED_OPTIONS[name] ?? ['true', 'false'])}, not "${value}"`;
}

/** What is wrong with the value of `--pod-cidrs`. */
function checkPodCidrs(
  document: SourceDocument,
  container: ValuePath,
  { given, parsed: { values, at } }: { readonly given: readonly Argument[]; readonly parsed: ParsedOptions },
  findings: Findings,
): void {
  const index = at.get('pod-cidrs');
  const value = values['pod-cidrs'];
  if (index === undefined || value === '' || filledInLater(value, valueAt(document.value, container))) return;
  const fault = podCidrsFault(value);
  if (fault) findings.add('MQ612', given[index]!.path, `masq-agent does not start with this --pod-cidrs: ${fault}`);
}

/** Whether masq-agent is to run and enforce; what else it is told to do is reported. */
function checkTask({ operands, toggles, at }: ParsedOptions, given: readonly Argument[], findings: Findings): boolean {
  const [first, second] = operands;
  const operand = first?.word === 'run' ? second : first;
  if (operand) {
    const { text, path } = given[operand.index]!;
    const isCommand = operand === first && COMMANDS.some(command => command === operand.word);
    if (isCommand) findings.add('MQ620', path, endingText(text));
    else findings.add('MQ612', path, operandText(text, given[operand.index - 1]?.text));
    return false;
  }
  const ending = ENDING.find(toggle => toggles.has(toggle));
  if (ending === undefined) return true;
  findings.add('MQ620', given[at.get(ending)!]!.path, endingText(`--${ending}`));
  return false;
}

/** Options with which masq-agent ends by itself. */
const ENDING = ['dry-run', 'once'] as const;

function endingText(word: string): string {
  return `with "${word}" masq-agent ends instead of going on to enforce, and Kubernetes starts it again and again; remove it`;
}

function operandText(word: string, before = ''): string {
  const isValue = /^(?:true|false)$/.test(word) && before.startsWith('-');
  const instead = isValue ? `write ${before}=${word}` : (wordsApart(word) ?? 'remove it');
  return `"${word}" is no command of masq-agent, which does not start with it; ${instead}`;
}

/** What is wrong with the values of the flags that both agents have. */
function checkFlags(
  document: SourceDocument,
  container: ValuePath,
  { given, parsed: { flags, at } }: { readonly given: readonly Argument[]; readonly parsed: ParsedFlags },
  findings: Findings,
): void {
  const { image, ...spec } = record(valueAt(document.value, container));
  const path = (name: string): ValuePath | undefined => (at.has(name) ? given[at.get(name)!]!.path : undefined);
  const isOpen = filledInLater(flags.chain, spec);
  const google = typeof image === 'string' && /(?:^|\/)gke\.gcr\.io\//.test(image);
  const chainAt = path('masq-chain');
  if (google && flags.chain !== 'IP-MASQ' && !isOpen) {
    const message = `chain "${flags.chain}" does not replace GKE's own rules; write --masq-chain=IP-MASQ`;
    findings.add('MQ401', chainAt ?? [...container, 'args'], message, 'key');
  } else {
    const fault = chainFault(flags.chain);
    if (fault && chainAt && !isOpen) findings.add('MQ313', chainAt, fault);
  }
  if (google && flags.randomFully) {
    const message = 'on a cluster with Dataplane V2 the agent needs --random-fully=false';
    findings.add('MQ402', path('random-fully') ?? container, { message, severity: 'note' });
  }
  for (const range of flags.toPorts?.split(',') ?? []) {
    const fault = portRangeFault(range);
    if (fault) findings.add('MQ312', path('to-ports')!, fault);
  }
}
