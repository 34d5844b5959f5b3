import { realpathSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { setsOf } from '../../core/address';
import type { Fact, Role } from '../../core/analysis/lint/facts';
import { lintWith } from '../../core/analysis/lint/lint';
import { hasErrors } from '../../core/diagnostics';
import { type CheckRun, runChecks } from '../check-run';
import { type NamedCidr, readCidrs } from '../cidr-list';
import { byteOrder, STDIN } from '../files';
import { fails, writeFindings } from '../findings';
import { type Mended, mend } from '../lint/mend';
import { unifiedDiff } from '../lint/unified-diff';
import type { Invocation } from '../masq';
import { addOutput } from '../output';
import { refuse, stderr, stdout } from '../stdio';

/** `masq lint`: says what is right and could be better, and mends it. */
export async function run(invocation: Invocation): Promise<number> {
  const { values, positionals } = invocation;
  const pods = readCidrs('pod-cidr', values['pod-cidr']);
  const nodes = readCidrs('node-cidr', values['node-cidr']);
  const facts = [...factsOf('pod', pods.cidrs), ...factsOf('node', nodes.cidrs)];
  const faults = [...pods.faults, ...nodes.faults];
  const mends = values.fix === true || values.diff === true;
  if (mends && positionals.includes(STDIN)) faults.push('--fix and --diff take files, and no standard input');
  if (faults.length > 0) return refuse(faults);
  const check = (texts?: ReadonlyMap<string, string>): CheckRun | number =>
    runChecks(invocation, {
      command: 'lint',
      further: inputs => lintWith({ inputs: () => inputs, given: facts }),
      ...(texts && { texts }),
    });
  const result = mends ? mend(check) : check();
  if (typeof result === 'number') return result;
  if (!('made' in result)) {
    const code = await tell(result, values);
    offer(result, values);
    return code;
  }
  return values.diff === true ? showDiff(result, values) : write(result, values);
}

async function tell(found: CheckRun, values: Invocation['values']): Promise<number> {
  await writeFindings(found, values);
  if (found.misnamed) return 2;
  return fails(found.diagnostics, values) ? 1 : 0;
}

/** Says to people what --fix could do for them. */
function offer({ diagnostics }: CheckRun, { format, quiet }: Invocation['values']): void {
  const mendable = diagnostics.filter(({ fix }) => fix).length;
  if (mendable === 0 || format !== 'text' || quiet === true) return;
  stderr.write(`masq: ${count(mendable, 'finding')} can be mended with --fix; --diff shows how\n`);
}

/** Writes the new texts in place of the old ones, and tells what is left to say. */
function write({ run: left, texts, made }: Mended, values: Invocation['values']): Promise<number> {
  for (const [file, text] of texts) {
    const real = realpathSync(file);
    const files = new Map([[basename(real), text]]);
    addOutput({ root: dirname(real), folders: new Map(), files, owned: () => true });
  }
  stderr.write(`masq: ${count(made, 'finding')} mended${inFiles(texts)}\n`);
  return tell(left, values);
}

/** Shows what would be written. */
async function showDiff({ run: left, texts, originals, made }: Mended, values: Invocation['values']): Promise<number> {
  if (hasErrors(left.diagnostics)) await writeFindings(left, { ...values, format: 'text' }, stderr);
  for (const [file, text] of [...texts].sort(([a], [b]) => byteOrder(a, b))) {
    stdout.write(unifiedDiff(file, originals.get(file)!, text));
  }
  stderr.write(`masq: ${count(made, 'finding')} would be mended${inFiles(texts)}\n`);
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
