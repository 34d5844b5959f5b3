import { resolve, sep } from 'node:path';
import { type Diagnostic, diagnostic } from '../../core/diagnostics';
import { parseCommandLine } from '../args';
import type { Project } from '../settings';
import { TARGET_ENTRY } from './command';
import { isOptions, readTarget, type TargetOptions } from './options';

/** The targets that the settings name. */
export interface TargetEntries {
  /** Those that can be rendered. */
  readonly targets: readonly TargetOptions[];
  /** What is wrong with the others. */
  readonly faults: readonly Diagnostic[];
}

/**
 * Reads the entries of `targets` in the settings. Folders of two data planes may neither be one nor lie in each other.
 * @param output the folder of the ordinary manifests
 */
export function readTargetEntries({ settings, here, at }: Project, output: string): TargetEntries {
  const targets: TargetOptions[] = [];
  const faults: Diagnostic[] = [];
  (settings.targets ?? []).forEach((entry, index) => {
    const read = readEntry(entry);
    const options = isOptions(read) ? { ...read, output: here(read.output) } : undefined;
    const roots = [output, ...targets.map(target => target.output)];
    const other = options && roots.find(root => touches(root, options.output));
    const taken = `it is rendered to ${options?.output}/, and ${other}/ is another's; give it another --output`;
    const wrong = isOptions(read) ? (other === undefined ? [] : [taken]) : read;
    for (const message of wrong) {
      faults.push(diagnostic('MQ224', at(['targets', index]), { message: `target "${entry}": ${message}` }));
    }
    if (options && wrong.length === 0) targets.push(options);
  });
  return { targets, faults };
}

/** Reads an entry; else why it cannot be, each in a line. */
function readEntry(entry: string): TargetOptions | readonly string[] {
  const parsed = parseCommandLine(TARGET_ENTRY, entry.trim().split(/\s+/));
  if (!parsed.ok) return [parsed.message];
  if (parsed.values.help) return ['--help is for the command line'];
  return readTarget(parsed.positionals[0]!, parsed.values);
}

/** Whether two folders are one, or one lies in the other. */
function touches(one: string, other: string): boolean {
  const [a, b] = [`${resolve(one)}${sep}`, `${resolve(other)}${sep}`];
  return a.startsWith(b) || b.startsWith(a);
}
