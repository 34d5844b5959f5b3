import { type Cidr, type Family, formatCidr, IntervalSet, type LabelledSet } from '../../address';
import type { Location } from '../../diagnostics';
import type { Asked } from '../../treatment/map';
import type { Decision, Treatment } from '../../treatment/treatment';
import type { ByteReader, ByteWriter } from './bytes';
import type { ChunkReader, ChunkWriter } from './chunks';
import { Pool } from './pool';
import { hasBlock, hasNumber, joinRule, type Part, type RuleText, splitRule } from './rule-text';

/** What rules have in common, kept once for all of them. */
export interface Words {
  /** The texts of rules, without what differs from entry to entry. */
  readonly texts: readonly (readonly Part[])[];
  /** What happens to packets. */
  readonly treatments: readonly Treatment[];
  /** Notes; the first is none. */
  readonly notes: readonly string[];
  /** Files; the first is none. */
  readonly files: readonly string[];
}

/** A rule taken apart. */
interface Row {
  readonly set: IntervalSet;
  readonly rule: RuleText;
  readonly text: number;
  readonly treatment: number;
  readonly note: number;
  readonly file: number;
  readonly line: number;
  readonly column: number;
}

/** How the rules of a run are written. */
const EACH_ONE_BLOCK = 1;
const EVENLY_SPACED = 2;

/** Writes lists of rules: runs of rules that are alike, such as the entries of one list, in a few bytes each. */
export class RuleWriter {
  private readonly texts = new Pool<readonly Part[]>();
  private readonly treatments = new Pool<Treatment>();
  private readonly notes = new Pool<string>();
  private readonly files = new Pool<string>();

  constructor(private readonly chunks: ChunkWriter) {
    this.notes.numberOf('');
    this.files.numberOf('');
  }

  /** What the rules that were written have in common. */
  get words(): Words {
    const { texts, treatments, notes, files } = this;
    return { texts: texts.things, treatments: treatments.things, notes: notes.things, files: files.things };
  }

  /** Writes the rules of a family in their order, and what decides where none of them does. */
  write({ layers, otherwise }: Asked, family: Family, out: ByteWriter): void {
    const rows = [...layers, { set: IntervalSet.empty(family), value: otherwise }].map(layer => this.rowOf(layer));
    const runs = runsOf(rows);
    out.unsigned(runs.length);
    for (const run of runs) this.writeRun(run, out);
  }

  private rowOf({ set, value: { treatment, rule, note = '', at } }: LabelledSet<Decision>): Row {
    const split = splitRule(rule);
    const placed = at?.file !== undefined && at.range !== undefined;
    return {
      set,
      rule: split,
      text: this.texts.numberOf(split.parts),
      treatment: this.treatments.numberOf(treatment),
      note: this.notes.numberOf(note),
      file: placed ? this.files.numberOf(at.file!) : 0,
      line: placed ? at.range!.start.line : 0,
      column: placed ? at.range!.start.column : 0,
    };
  }

  private writeRun(run: readonly Row[], out: ByteWriter): void {
    const [first] = run as readonly [Row, ...Row[]];
    const sets = run.map(({ set }) => set.cidrs());
    const steps = run.slice(1).map(({ line }, i) => line - run[i]!.line);
    const [step = 0] = steps;
    const single = run.every(({ rule }, i) => isOneBlock(sets[i]!, rule.block));
    const even = steps.every(one => one === step);
    for (const value of [run.length, first.text, first.treatment, first.note, first.file]) out.unsigned(value);
    out.unsigned((single ? EACH_ONE_BLOCK : 0) | (even ? EVENLY_SPACED : 0));
    if (first.rule.number !== undefined) out.unsigned(first.rule.number);
    if (first.file > 0) {
      out.unsigned(first.line);
      out.unsigned(first.column);
      if (even) out.signed(step);
      else for (const one of steps) out.signed(one);
    }
    if (!single) {
      for (const [i, { rule }] of run.entries()) {
        if (rule.block) {
          out.unsigned(rule.block.family);
          out.cidr(rule.block);
        }
        out.unsigned(sets[i]!.length);
      }
    }
    this.chunks.write(sets.flat(), out);
  }
}

function isOneBlock(cidrs: readonly Cidr[], named: Cidr | undefined): boolean {
  return cidrs.length === 1 && (named === undefined || formatCidr(named) === formatCidr(cidrs[0]!));
}

/** Neighbours that differ in their place in a list, their lines and their sets alone. */
function runsOf(rows: readonly Row[]): Row[][] {
  const runs: Row[][] = [];
  for (const row of rows) {
    const run = runs.at(-1);
    if (run && follows(run.at(-1)!, row)) run.push(row);
    else runs.push([row]);
  }
  return runs;
}

function follows(before: Row, row: Row): boolean {
  const alike = (['text', 'treatment', 'note', 'file', 'column'] as const).every(key => before[key] === row[key]);
  return alike && (row.rule.number === undefined || row.rule.number === before.rule.number! + 1);
}

/** Reads lists of rules that a {@link RuleWriter} wrote. */
export class RuleReader {
  constructor(
    private readonly words: Words,
    private readonly chunks: ChunkReader,
  ) {}

  /** Reads the rules of a family. */
  read(family: Family, from: ByteReader): Asked {
    const layers: LabelledSet<Decision>[] = [];
    for (let runs = from.unsigned(); runs > 0; runs--) layers.push(...this.readRun(family, from));
    const last = layers.pop()!;
    return { layers, otherwise: last.value };
  }

  private readRun(family: Family, from: ByteReader): LabelledSet<Decision>[] {
    const next = (): number => from.unsigned();
    const [length, text, treatment, note, file, how] = [next(), next(), next(), next(), next(), next()];
    const parts = this.words.texts[text]!;
    const first = hasNumber(parts) ? next() : 0;
    const lines = file > 0 ? readLines(length, (how & EVENLY_SPACED) !== 0, from) : undefined;
    const single = (how & EACH_ONE_BLOCK) !== 0;
    const named: Cidr[] = [];
    const sizes: number[] = [];
    for (let i = 0; i < length && !single; i++) {
      if (hasBlock(parts)) named.push(from.cidr(next() as Family));
      sizes.push(next());
    }
    const all = this.chunks.read(family, single ? length : sizes.reduce((sum, size) => sum + size, 0), from);
    let at = 0;
    return Array.from({ length }, (_, i) => {
      const cidrs = all.slice(at, (at += single ? 1 : sizes[i]!));
      const block = single ? cidrs[0]! : named[i];
      const value: Decision = {
        treatment: this.words.treatments[treatment]!,
        rule: joinRule({ parts, number: first + i, ...(block && { block }) }),
        ...(note > 0 && { note: this.words.notes[note]! }),
        ...(lines && { at: placeIn(this.words.files[file]!, lines.lines[i]!, lines.column) }),
      };
      return { set: IntervalSet.fromCidrs(family, cidrs), value };
    });
  }
}

function readLines(length: number, even: boolean, from: ByteReader): { lines: number[]; column: number } {
  const lines = [from.unsigned()];
  const column = from.unsigned();
  const step = even ? from.signed() : 0;
  while (lines.length < length) lines.push(lines.at(-1)! + (even ? step : from.signed()));
  return { lines, column };
}

/** A place of which the line and the column are known. */
export function placeIn(file: string, line: number, column: number): Location {
  const start = { line, column, offset: 0 };
  return { file, range: { start, end: start } };
}
