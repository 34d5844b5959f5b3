import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  type ParsedNode,
  type YAMLMap,
} from 'yaml';
import type { Location, SourceRange, ValuePath } from '../diagnostics';
import { valueAt } from '../schema/path';
import { type Aliases, target } from './alias';
import { alignment, type Extent } from './align';
import type { SourceText } from './text';
import { extentOf, isMergeKey, keyText } from './value';

/** Which part of a map entry a finding points at. */
export type Part = 'value' | 'key';

/** One YAML document as plain data, with the place of every value in its text. */
export interface SourceDocument {
  /** The text that it was read from. */
  readonly source: SourceText;
  /** The document's number in its file, from 0. */
  readonly index: number;
  /** The document as plain data, aliases and merge keys resolved. */
  readonly value: unknown;
  /** The place of a value, or of its key; of its nearest ancestor when the way leads nowhere. */
  at(path: ValuePath, part?: Part): Location;
  /** How the value is written: the scalar's own text, quotes included; undefined for maps and lists. */
  written(path: ValuePath): string | undefined;
  /** The comment behind a value, in its line; undefined where there is none. */
  comment(path: ValuePath): string | undefined;
  /** The offsets of a scalar's own text, that of its anchor for an alias; undefined for maps and lists. */
  extent(path: ValuePath): readonly [start: number, end: number] | undefined;
  /**
   * How a list is written. Undefined for what is no list, or none that can be changed by itself: one that has an anchor, or
   * that an alias or a merge key brings in.
   */
  list(path: ValuePath): ListLayout | undefined;
  /** The place of some characters inside a scalar's value, when value and text run in step; else of the whole scalar. */
  within(path: ValuePath, offset: number, length: number): Location;
}

/** How a list is written. */
export interface ListLayout {
  /** Whether it stands in brackets. */
  readonly flow: boolean;
  /** Its items in their order. */
  readonly items: readonly ListItem[];
}

/** An item of a list as it is written. */
export interface ListItem {
  /** Where it stands: without its dash, and without a comment behind it. */
  readonly extent: Extent;
  /** Whether it can be changed by itself: it is no alias, and nothing in it has an anchor. */
  readonly free: boolean;
}

/** One entry of a map, as the parser gives it. */
type Entry = Pair<ParsedNode, ParsedNode | null>;

/** What is behind a value in its line, when that is a comment. */
const COMMENT = /^[ \t]*,?[ \t]+#+[ \t]*(.*?)[ \t\r]*$/;

/** A value longer than this is told as a whole: no address is, and the same text may be asked for many times. */
const LONGEST_WITHIN = 4096;

/** A document read from YAML text by the `yaml` package. */
export class YamlDocument implements SourceDocument {
  /** The entries of the maps that were asked for. */
  private readonly entries = new Map<YAMLMap, ReadonlyMap<string, Entry>>();
  /** The lists that were asked for. */
  private readonly lists = new Map<unknown, ListLayout>();

  constructor(
    readonly source: SourceText,
    readonly index: number,
    readonly value: unknown,
    private readonly document: Document.Parsed,
    private readonly aliases: Aliases,
  ) {}

  at(path: ValuePath, part: Part = 'value'): Location {
    const { node, key } = this.find(path);
    return this.location(path, part === 'key' && key !== undefined ? key : node);
  }

  written(path: ValuePath): string | undefined {
    const extent = this.extent(path);
    return extent && this.source.text.slice(...extent);
  }

  comment(path: ValuePath): string | undefined {
    const { node, exact } = this.find(path);
    if (!exact || !node?.range) return undefined;
    const { text } = this.source;
    const [, offset] = node.range;
    const end = text.indexOf('\n', offset);
    return COMMENT.exec(text.slice(offset, end < 0 ? undefined : end))?.[1];
  }

  extent(path: ValuePath): readonly [start: number, end: number] | undefined {
    const { node, exact } = this.find(path);
    const scalar = this.resolve(node);
    return exact && isScalar(scalar) && scalar.range ? [scalar.range[0], scalar.range[1]] : undefined;
  }

  within(path: ValuePath, offset: number, length: number): Location {
    const at = this.at(path);
    const value = valueAt(this.value, path);
    const extent = this.extent(path);
    const offsets =
      typeof value === 'string' && value.length <= LONGEST_WITHIN && extent
        ? alignment(this.source.text, extent, value)
        : undefined;
    if (!offsets) return at;
    const place = (n: number): number => offsets[Math.min(n, offsets.length - 1)]!;
    return { ...at, range: this.source.range(place(offset), place(offset + length)) };
  }

  list(path: ValuePath): ListLayout | undefined {
    const node = this.literal(path);
    if (!isSeq(node)) return undefined;
    const known = this.lists.get(node);
    if (known) return known;
    const items = (node.items as ParsedNode[]).map(item => ({ extent: itemExtent(item), free: isFree(item) }));
    const layout = { flow: node.flow === true, items };
    this.lists.set(node, layout);
    return layout;
  }

  /** The node that a way leads to by what is written there alone; undefined where an anchor or an alias is on the way. */
  private literal(path: ValuePath): unknown {
    let node: unknown = this.document.contents;
    for (const step of path) {
      if (isAnchored(node)) return undefined;
      if (isMap(node)) {
        const isOwn = ({ key }: Pair): boolean =>
          !isMergeKey(key) && keyText(this.source, key, this.aliases) === String(step);
        node = (node.items as Entry[]).find(isOwn)?.value;
      } else if (isSeq(node)) node = node.items[Number(step)];
      else return undefined;
    }
    return isAnchored(node) ? undefined : node;
  }

  private location(path: ValuePath, node: ParsedNode | undefined): Location {
    const extent = node?.range ? extentOf(node) : (this.document.contents?.range ?? this.document.range);
    return { file: this.source.file, range: this.span(extent[0], extent[1]), path };
  }

  /** A node's stretch without trailing line breaks, and of a map or list only its first line: enough to point at. */
  private span(start: number, end: number): SourceRange {
    const text = this.source.text.slice(start, end);
    const firstBreak = text.indexOf('\n');
    const line = firstBreak < 0 ? text : text.slice(0, firstBreak);
    return this.source.range(start, start + line.trimEnd().length);
  }

  private find(path: ValuePath): { node?: ParsedNode; key?: ParsedNode; exact: boolean } {
    let node = this.document.contents ?? undefined;
    let key: ParsedNode | undefined;
    for (const step of path) {
      const inner = this.resolve(node);
      if (isMap(inner)) {
        const pair = this.entriesOf(inner).get(String(step));
        if (!pair) return { node, key, exact: false };
        key = pair.key;
        node = pair.value ?? pair.key;
      } else if (isSeq(inner)) {
        const item = inner.items[Number(step)] as ParsedNode | undefined;
        if (!item) return { node, key, exact: false };
        key = undefined;
        node = item;
      } else return { node, key, exact: false };
    }
    return { node, key, exact: true };
  }

  /** A map's entries by their keys; what a merge key brings in counts where the map has no own. */
  private entriesOf(map: YAMLMap): ReadonlyMap<string, Entry> {
    const known = this.entries.get(map);
    if (known) return known;
    const entries = new Map<string, Entry>();
    const add = (key: string, entry: Entry): void => {
      if (!entries.has(key)) entries.set(key, entry);
    };
    const [merged, own] = partition(map.items as Entry[], entry => isMergeKey(entry.key));
    for (const entry of own) add(keyText(this.source, entry.key, this.aliases), entry);
    for (const { value } of merged) {
      const sources = this.resolve(value ?? undefined);
      for (const item of isSeq(sources) ? sources.items : [sources]) {
        const from = this.resolve(item as ParsedNode | undefined);
        if (isMap(from)) for (const [key, entry] of this.entriesOf(from)) add(key, entry);
      }
    }
    this.entries.set(map, entries);
    return entries;
  }

  private resolve(node: ParsedNode | undefined): ParsedNode | undefined {
    return target(node, this.aliases) as ParsedNode | undefined;
  }
}

function isAnchored(node: unknown): boolean {
  return isAlias(node) || ((isScalar(node) || isCollection(node)) && node.anchor !== undefined);
}

function isFree(node: unknown): boolean {
  if (isAnchored(node)) return false;
  if (isMap(node)) return node.items.every(({ key, value }) => isFree(key) && isFree(value));
  return !isSeq(node) || node.items.every(isFree);
}

/** Where an item stands. The parser counts the comments and line breaks behind a block to it. */
function itemExtent(node: ParsedNode): Extent {
  return [extentOf(node)[0], endOf(node)];
}

function endOf(node: ParsedNode): number {
  if (isMap(node) && !node.flow) {
    const last = node.items.at(-1) as Entry | undefined;
    if (last) return endOf(last.value ?? last.key);
  }
  if (isSeq(node) && !node.flow && node.items.length > 0) return endOf(node.items.at(-1) as ParsedNode);
  return node.range[1];
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter(item => !test(item))];
}
