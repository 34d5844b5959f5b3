import { Checker } from '../../core/check/check';
import { fails, writeFindings } from '../findings';
import { listInputs, readInput } from '../inputs';
import type { Invocation } from '../masq';
import { stderr } from '../stdio';

/** `masq validate`: checks files and writes what it found. */
export async function run({ values, positionals }: Invocation): Promise<number> {
  const { files, faults } = listInputs(positionals);
  if (faults.length > 0) {
    stderr.write(faults.map(fault => `masq: ${fault}\n`).join(''));
    return 2;
  }
  const checker = new Checker();
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
  const { diagnostics, documents } = checker.finish();
  await writeFindings({ diagnostics, sources, files: names, documents }, values);
  return fails(diagnostics, values) ? 1 : 0;
}
