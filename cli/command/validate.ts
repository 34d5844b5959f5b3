import { Checker } from '../../core/check/check';
import { type Diagnostic, diagnostic, hasErrors } from '../../core/diagnostics';
import { STDIN_NAME } from '../files';
import { fails, writeFindings } from '../findings';
import { listInputs, missingFile, readInput } from '../inputs';
import type { Invocation } from '../masq';
import { refuse } from '../stdio';

/** `masq validate`: checks files and writes what it found. */
export async function run({ values, positionals }: Invocation): Promise<number> {
  if (positionals.length === 0) return refuse([missingFile('validate', 'name at least one FILE or folder')]);
  const { files, faults, misnamed } = listInputs(positionals);
  const checker = new Checker();
  for (const fault of faults) checker.addDiagnostic(fault);
  const sources = new Map<string, string>();
  const names: string[] = [];
  for (const file of files) {
    const input = readInput(file);
    names.push(input.file);
    if (input.ok) {
      sources.set(input.file, input.text);
      checker.add(input);
    } else checker.addDiagnostic(input.fault);
  }
  const { diagnostics: found, documents } = checker.finish();
  // Files that are named one by one may be those that a commit changed, of whatever kind.
  const isSearch = files.some(file => file === '-' || !positionals.includes(file));
  const isIdle = isSearch && documents === 0 && !hasErrors(found);
  const diagnostics = isIdle ? [...found.filter(({ code }) => code !== 'MQ212'), nothingChecked(sources)] : found;
  await writeFindings({ diagnostics, sources, files: names, documents }, values);
  if (misnamed) return 2;
  return fails(diagnostics, values) ? 1 : 0;
}

/** A check of a folder or a pipe that looks at nothing must not pass: one finding says so, in place of the notes of the single files. */
function nothingChecked(sources: ReadonlyMap<string, string>): Diagnostic {
  const [file, another] = sources.keys();
  const alone = another === undefined;
  const why = !alone
    ? `none of the ${sources.size} files holds a masq intent, an ip-masq-agent file or a manifest that masq knows`
    : sources.get(file!)!.trim() === ''
      ? 'it is empty'
      : 'it holds no masq intent, no ip-masq-agent file and no manifest that masq knows';
  const hint = 'a command that failed before the pipe leaves nothing to check; "set -o pipefail" makes it count';
  return diagnostic('MQ906', alone ? { file: file! } : {}, {
    message: `nothing was checked: ${why}`,
    ...(sources.has(STDIN_NAME) && { hint }),
  });
}
