import { join } from 'node:path';
import type { Input } from '../../core/check/check';
import { mayDecide } from '../../core/check/mentions';
import { type Diagnostic, diagnostic } from '../../core/diagnostics';
import type { DialectName } from '../../core/dialect/claims';
import { isDump } from '../../core/dump/part';
import { factFaults } from '../../core/import/facts';
import { type ImportOptions, importIntent, importNode } from '../../core/import/import';
import { logFlagText } from '../../core/import/left-over';
import { type IntentLanguage, intentText } from '../../core/import/write';
import { readAgentArgs } from '../agent-args';
import { listed } from '../cidr-list';
import { dumpOf, namesDump, type ReadDump, readDump } from '../dumps';
import { readElsewhere, tellApart } from '../elsewhere';
import { kindOf, STDIN } from '../files';
import { writeFindings } from '../findings';
import { printable } from '../format/printable';
import { listInputs, readInput } from '../inputs';
import type { Invocation } from '../masq';
import { wrongName } from '../new-app/options';
import { writeNewFile } from '../new-file';
import { NO_DUMP_LEAVES, type OutInterfaces, readOutInterfaces } from '../out-interfaces';
import { refuse, stderr, stdout } from '../stdio';

/** `masq import`: writes the intent that denotes what an artefact does. */
export async function run({ values, positionals }: Invocation): Promise<number> {
  const options = readOptions(values);
  if (Array.isArray(options)) return refuse(options);
  if (values.force === true && (values.output === undefined || values.output === STDIN)) return refuse([IDLE_FORCE]);
  const out = readOutInterfaces(values);
  const { here, elsewhere } = tellApart(positionals);
  const far = readElsewhere(elsewhere, undefined, mayDecide);
  if (far.faults.length > 0) return refuse(far.faults);
  const { inputs: near, faults, misnamed } = readFiles(here);
  const inputs = [...near, ...far.inputs];
  const node = readNodeOf(positionals, inputs, out.names);
  if (node && !node.ok) return refuse(node.faults);
  if (out.names && !node) return refuse([NO_DUMP_LEAVES]);
  const { intent, missing, misused, diagnostics } = node
    ? importNode(node.node.rules, node.node.files[0]!, options)
    : importIntent(inputs, options);
  const isNothing = !intent && missing.length + misused.length === 0 && faults.length + diagnostics.length === 0;
  const lacksServices = intent !== undefined && intent.spec.network.serviceCIDRs === undefined;
  const found = [
    ...readAgentArgs(values['agent-args'] as string | undefined).ofLog.map(logNote),
    ...faults,
    ...diagnostics,
    ...(isNothing ? [nothing(positionals)] : []),
    ...(lacksServices ? [NO_SERVICES] : []),
  ];
  await tell(found, inputs, values);
  if (misnamed) return 2;
  if (missing.length + misused.length > 0) return refuse([...misused, ...missing]);
  if (!intent || faults.length > 0) return found.some(({ code }) => code === 'MQ901') ? 2 : 1;
  const language = values.language as IntentLanguage;
  const from = positionals.map(file => (file === STDIN ? 'the standard input' : file)).join(', ');
  const text = intentText(intent.name, intent.spec, language, printable(from));
  const output = outputFile(values.output as string | undefined, intent.name, language);
  if (output === STDIN) {
    stdout.write(text);
    return 0;
  }
  const fault = writeNewFile(output, text, { force: values.force === true });
  if (fault !== undefined) return refuse([fault]);
  stdout.write(`wrote ${output}\n`);
  return 0;
}

/** What is said of an intent that does not name the Services' range: it would be said of it at every turn. */
const NO_SERVICES = diagnostic(
  'MQ315',
  {},
  {
    severity: 'note',
    message: 'without --service-cidr masq cannot make sure that traffic to Services keeps its source',
    hint: 'an API server names the range when it refuses an address: kubectl create service clusterip probe --tcp=80 --clusterip=192.0.2.1 --dry-run=server',
  },
);

/** What is said of an argument of the agent that is about the log. */
function logNote(argument: string): Diagnostic {
  return diagnostic('MQ801', {}, { message: `--agent-args: ${logFlagText(argument)}` });
}

/** What is said of --force where no file is written. */
const IDLE_FORCE = '--force overwrites a file, and none is written; name one with -o';

/** The node whose dumps are imported, if any are: a node is imported by itself. */
function readNodeOf(
  positionals: readonly string[],
  inputs: readonly Input[],
  out: OutInterfaces['names'],
): ReadDump | undefined {
  const word = positionals.find(namesDump);
  const piped = inputs.find(({ text }) => isDump(text));
  if (word === undefined && !piped) return undefined;
  if (positionals.length > 1) {
    const what = `"${printable(word ?? piped!.file)}" is a dump of a node's rules, which is imported by itself`;
    return { ok: false, faults: [`${what}; put the dumps of one node into a folder`] };
  }
  return word === undefined ? dumpOf(piped!, out) : readDump(word, out);
}

function nothing(positionals: readonly string[]): Diagnostic {
  const files = positionals.map(file => (file === STDIN ? 'the standard input' : `"${file}"`)).join(', ');
  const message = `nothing is imported: nothing that decides on source addresses is in ${files}`;
  return diagnostic('MQ906', {}, { message });
}

/** A folder that is there gets a file that is called as the cluster. */
function outputFile(output: string | undefined, name: string, language: IntentLanguage): string {
  if (output === undefined || output === STDIN) return STDIN;
  const isFolder = output.endsWith('/') || kindOf(output)?.isDirectory() === true;
  return isFolder ? join(output, `${name}.${language === 'yaml' ? 'yaml' : 'ts'}`) : output;
}

/** What is said goes beside the intent, which has the standard output for itself. */
async function tell(
  diagnostics: readonly Diagnostic[],
  inputs: readonly Input[],
  values: Invocation['values'],
): Promise<void> {
  if (diagnostics.length === 0 && values.format === 'text') return;
  const sources = new Map(inputs.map(({ file, text }) => [file, text]));
  const files = inputs.map(({ file }) => file);
  await writeFindings({ diagnostics, sources, files, documents: inputs.length }, { ...values, quiet: true }, stderr);
}

interface ReadFiles {
  readonly inputs: readonly Input[];
  readonly faults: readonly Diagnostic[];
  readonly misnamed: boolean;
}

/** Reads the files; those in folders that have nothing to do with source addresses are passed over. */
function readFiles(paths: readonly string[]): ReadFiles {
  const { files, faults, misnamed } = listInputs(paths.filter(path => !namesDump(path)));
  const inputs: Input[] = [];
  const found = [...faults];
  for (const file of files) {
    const input = readInput(file);
    if (!input.ok) found.push(input.fault);
    else if (paths.includes(file) || mayDecide(input)) inputs.push(input);
  }
  return { inputs, faults: found, misnamed };
}

/** The facts that options give, or what is wrong with them, a line each. */
function readOptions(values: Invocation['values']): ImportOptions | string[] {
  const text = (name: string): string | undefined => values[name] as string | undefined;
  const list = (name: string): readonly string[] | undefined => {
    const given = listed(values[name]);
    return given.length > 0 ? given : undefined;
  };
  const { flags, faults: wrongArgs } = readAgentArgs(text('agent-args'));
  const options = {
    name: text('name'),
    platform: text('platform'),
    version: text('version'),
    dataplane: text('dataplane'),
    internetRoute: text('internet-route'),
    dialect: text('dialect') as DialectName | undefined,
    nodeCIDRs: list('node-cidr'),
    podCIDRs: list('pod-cidr'),
    serviceCIDRs: list('service-cidr'),
    vpcCIDRs: list('vpc-cidr'),
    flags,
    preserveCluster: values['preserve-cluster'] === true,
  };
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as ImportOptions;
  const named = options.name === undefined ? undefined : wrongName(options.name);
  const wrongNames = readOutInterfaces(values).faults;
  const faults = [...(named === undefined ? [] : [named]), ...factFaults(given), ...wrongArgs, ...wrongNames];
  return faults.length > 0 ? faults : given;
}
