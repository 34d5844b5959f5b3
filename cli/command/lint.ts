import { realpathSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { setsOf } from '../../core/address';
import type { Fact, Role } from '../../core/analysis/lint/facts';
import { lintWith } from '../../core/analysis/lint/lint';
import { hasErrors, isOfLint } from '../../core/diagnostics';
import { type CheckRun, runChecks } from '../check-run';
import { type NamedCidr, readCidrs } from '../cidr-list';
import { isElsewhere } from '../elsewhere';
import { byteOrder, STDIN } from '../files';
import { fails, writeFindings } from '../findings';
import { printable } from '../format/printable';
import { type Mended, mend } from '../lint/mend';
import { unifiedDiff } from '../lint/unified-diff';
import type { Invocation } from '../masq';
import { addOutput } from '../output';
import { markedAs } from '../read-text';
import { refuse, stderr, stdout } from '../stdio';

/** Checks the files, with some texts in place of theirs. */
type Check = (texts?: ReadonlyMap<string, string>) => CheckRun | number;

/** `masq lint`: says what is right and could be better, and mends it. */
export async function run(invocation: Invocation): Promise<number> {
  const { values, positionals } = invocation;
  const pods = readCidrs('pod-cidr', values['pod-cidr']);
  const nodes = readCidrs('node-cidr', values['node-cidr']);
  const facts = [...factsOf('pod', pods.cidrs), ...factsOf('node', nodes.cidrs)];
  const faults = [...pods.faults, ...nodes.faults];
  const mends = values.fix === true || values.diff === true;
  if (mends) faults.push(...positionals.flatMap(notMendable));
  if (values.fix === true && values.diff === true)
    faults.push('--fix writes and --diff shows what would be written: give one of them');
  if (faults.length > 0) return refuse(faults);
  const check: Check = texts =>
    runChecks(invocation, {
      command: 'lint',
      further: inputs => lintWith({ inputs: () => inputs, given: facts }),
      ...(texts && { texts }),
    });
  const result = mends ? mend(check) : check();
  if (typeof result === 'number') return result;
  if (!('made' in result)) {
    const code = await tell(result, values);
    if (positionals.every(word => notMendable(word).length === 0)) offer(result, check, values);
    return code;
  }
  return values.diff === true ? showDiff(result, values) : write(result, values);
}

/** Why what a word names cannot be mended. */
function notMendable(word: string): string[] {
  if (word === STDIN) return ['--fix and --diff take files, and no standard input'];
  return isElsewhere(word) ? [`--fix and --diff mend files that are here, and "${word}" is none`] : [];
}

async function tell(found: CheckRun, values: Invocation['values']): Promise<number> {
  await writeFindings(found, values);
  if (found.misnamed) return 2;
  return fails(found.diagnostics, values) ? 1 : 0;
}

/** Says to people what --fix would do for them: it is tried, since what cannot be proved is not done. */
function offer(found: CheckRun, check: Check, { format, quiet }: Invocation['values']): void {
  if (format !== 'text' || quiet === true || found.diagnostics.every(({ fix }) => !fix)) return;
  const mended = mend(check, found);
  if (typeof mended !== 'number') say(mended, 'can be mended with --fix; --diff shows how');
}

/** Says how many findings are mended, of how many others it is known how they could be, and what keeps the rest. */
function say(mended: Mended, how: string): void {
  const { made, left } = mended;
  const faulty = faultyFiles(mended);
  const lines = [
    ...(made > 0 || left.length + faulty.length === 0 ? [`${count(made, 'finding')} ${how}`] : []),
    ...(left.length > 0 ? [leftText(mended)] : []),
    ...(faulty.length > 0 ? [faultyText(faulty)] : []),
  ];
  stderr.write(lines.map(line => `masq: ${line}\n`).join(''));
}

/** Why findings are left that could be mended. */
function leftText({ left, run }: Mended): string {
  const broken = run.diagnostics.filter(({ severity }) => severity === 'error').map(({ file }) => file);
  const what = `${count(left.length, 'finding')} cannot be mended`;
  return left.every(({ file }) => broken.includes(file))
    ? `${what} before the errors of ${left.length === 1 ? 'its file' : 'their files'} are`
    : `${what}: it is not proved that the files mean the same then`;
}

/** The files with errors, which lint looks at no further: nobody knows what could be mended in them. */
function faultyFiles({ left, run, texts }: Mended): readonly string[] {
  const known = new Set([...texts.keys(), ...left.map(({ file }) => file)]);
  const errors = run.diagnostics.filter(({ severity, code }) => severity === 'error' && !isOfLint(code));
  return [...new Set(errors.flatMap(({ file }) => (file === undefined || known.has(file) ? [] : [file])))];
}

function faultyText(files: readonly string[]): string {
  return files.length === 1
    ? `"${printable(files[0]!)}" has errors, and lint mends nothing in it before they are corrected`
    : `${files.length} files have errors, and lint mends nothing in them before they are corrected`;
}

/** Writes the new texts in place of the old ones, and tells what is left to say. */
function write(mended: Mended, values: Invocation['values']): Promise<number> {
  const { run: left, texts } = mended;
  for (const [file, text] of texts) {
    const real = realpathSync(file);
    const files = new Map([[basename(real), markedAs(real, text)]]);
    addOutput({ root: dirname(real), folders: new Map(), files, owned: () => true });
  }
  say(mended, `mended${inFiles(texts)}`);
  return tell(left, values);
}

/** Shows what would be written. */
async function showDiff(mended: Mended, values: Invocation['values']): Promise<number> {
  const { run: left, texts, originals } = mended;
  if (hasErrors(left.diagnostics)) await writeFindings(left, { ...values, format: 'text' }, stderr);
  for (const [file, text] of [...texts].sort(([a], [b]) => byteOrder(a, b))) {
    stdout.write(unifiedDiff(file, markedAs(file, originals.get(file)!), markedAs(file, text)));
  }
  say(mended, `would be mended${inFiles(texts)}`);
  if (left.misnamed) return 2;
  return texts.size > 0 || fails(left.diagnostics, values) ? 1 : 0;
}

function inFiles(texts: ReadonlyMap<string, string>): string {
  return texts.size === 0 ? '' : ` in ${count(texts.size, 'file')}`;
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}

function factsOf(role: Role, ranges: readonly NamedCidr[]): Fact[] {
  return ranges.map(({ text, cidr }) => ({ role, text, sets: setsOf([cidr]) }));
}
