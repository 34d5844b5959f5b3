import { type Fence, fences, read } from '../documents';

/** Commands that are not run as they are: by the words that they begin with. */
export interface StandIn {
  readonly commands: readonly string[];
  /** What is run in their place; without it, nothing is. */
  readonly prints?: string;
  readonly reason: string;
}

/** What is to be done for a block of a page. */
export type Step =
  /** The text is a file of the sandbox. */
  | { readonly does: 'write'; readonly file: string; readonly text: string }
  /** Commands that nobody runs. */
  | { readonly does: 'skip'; readonly line: number; readonly text: string; readonly reason: string }
  | Commands;

/** Commands that are run, and what they are to say. */
export interface Commands {
  readonly does: 'run';
  readonly line: number;
  readonly text: string;
  /** Commands that the page does not show, before these. */
  readonly before: readonly string[];
  readonly standIns: readonly StandIn[];
  readonly exitCode: number;
  /** The block with what is said, if the page shows it. */
  readonly said?: Fence;
}

/** Marks of a block, in comments that a reader of the page does not see. */
const MARKS: readonly (readonly [RegExp, (draft: Draft, parts: readonly string[]) => void])[] = [
  [/^file (\S+)$/, (draft, [file]) => (draft.file = file)],
  [/^not run: (.+)$/, (draft, [reason]) => (draft.notRun = reason)],
  [/^before: (.+)$/, (draft, [command]) => draft.before.push(command!)],
  [/^exit code (\d+)$/, (draft, [code]) => (draft.exitCode = Number(code))],
  [
    /^stand-in (.+?)(?: prints (.+))?: (.+)$/,
    (draft, [commands, prints, reason]) =>
      draft.standIns.push({ commands: commands!.split(', '), ...(prints && { prints }), reason: reason! }),
  ],
];

interface Draft {
  file?: string | undefined;
  notRun?: string | undefined;
  exitCode: number;
  readonly before: string[];
  readonly standIns: StandIn[];
}

/** What a page's blocks ask for, in order. A mark that says nothing is an error. */
export function steps(page: string): Step[] {
  return stepsOf(page, read(page));
}

/** The same of a text. */
export function stepsOf(page: string, text: string): Step[] {
  const blocks = fences(text);
  const lines = text.split('\n');
  return blocks.flatMap((block, at): Step[] => {
    const draft = readMarks(page, block);
    if (draft.file !== undefined) return [{ does: 'write', file: draft.file, text: block.text }];
    if (block.language !== 'sh') return [];
    const { line, text } = block;
    if (draft.notRun !== undefined) return [{ does: 'skip', line, text, reason: draft.notRun }];
    const said = blocks[at + 1];
    const { before, standIns, exitCode } = draft;
    return [
      { does: 'run', line, text, before, standIns, exitCode, ...(said && isOutput(lines, block, said) && { said }) },
    ];
  });
}

/** A block shows what commands say when it is a console's, or a text that follows them directly. */
function isOutput(lines: readonly string[], commands: Fence, block: Fence): boolean {
  if (block.language === 'console') return true;
  const end = commands.line + commands.text.split('\n').length - 1;
  return block.language === 'text' && lines.slice(end, block.line - 2).every(line => line.trim() === '');
}

function readMarks(page: string, { marks, line }: Fence): Draft {
  const draft: Draft = { exitCode: 0, before: [], standIns: [] };
  for (const mark of marks) {
    const known = MARKS.find(([pattern]) => pattern.test(mark));
    if (!known) {
      if (/^(?:generated|end\b)/.test(mark)) continue;
      throw new Error(`${page}:${line}: nobody knows the mark "${mark}"`);
    }
    known[1](draft, known[0].exec(mark)!.slice(1));
  }
  return draft;
}
