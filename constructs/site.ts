import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where in a program a construct was made. */
export interface CreationSite {
  /** Relative to the working directory when it lies below. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** This package's own code: its folder here, and where the command's bundles contain it. */
const OURS = __dirname.replace(/\/cli\/command$/, '/cli');

const FRAME = /\(?((?:file:\/\/)?\/?[^():]*(?:\([^()]*\))?[^():]*):(\d+):(\d+)\)?$/;

/** Remembers the stack of its caller; the text is made, and searched, only when somebody asks. */
export function creationSite(): () => CreationSite | undefined {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 30;
  const trace = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  let site: { readonly found: CreationSite | undefined } | undefined;
  return () => {
    site ??= { found: siteOf(trace.stack ?? '') };
    return site.found;
  };
}

/** The first frame of a stack that is the program's own: not ours, not a package's, not Node's. */
export function siteOf(stack: string): CreationSite | undefined {
  for (const frame of stack.split('\n').slice(1)) {
    const match = FRAME.exec(frame.trim().replace(/^at (?:async )?/, ''));
    if (!match) continue;
    const place = match[1]!.replace(/\?.*$/, '');
    const file = place.startsWith('file:') ? fileURLToPath(place) : place;
    const foreign = file.startsWith(`${OURS}${sep}`) || file.includes('/node_modules/') || file.startsWith('node:');
    if (foreign || !file.startsWith('/')) continue;
    const below = relative(process.cwd(), file);
    return { file: below.startsWith('..') ? file : below, line: Number(match[2]), column: Number(match[3]) };
  }
  return undefined;
}
