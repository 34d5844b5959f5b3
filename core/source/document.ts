import { type Document, isAlias, isMap, isScalar, isSeq, type Pair, type ParsedNode } from 'yaml';
import type { Location, SourceRange, ValuePath } from '../diagnostics';
import { valueAt } from '../schema/path';
import { alignment } from './align';
import type { SourceText } from './text';

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
  /** The offsets of a scalar's own text, that of its anchor for an alias; undefined for maps and lists. */
  extent(path: ValuePath): readonly [start: number, end: number] | undefined;
  /** The place of some characters inside a scalar's value, when value and text run in step; else of the whole scalar. */
  within(path: ValuePath, offset: number, length: number): Location;
}

/** A document read from YAML text by the `yaml` package. */
export class YamlDocument implements SourceDocument {
  constructor(
    readonly source: SourceText,
    readonly index: number,
    readonly value: unknown,
    private readonly document: Document.Parsed,
  ) {}

  at(path: ValuePath, part: Part = 'value'): Location {
    const { node, key } = this.find(path);
    return this.location(path, part === 'key' && key !== undefined ? key : node);
  }

  written(path: ValuePath): string | undefined {
    const extent = this.extent(path);
    return extent && this.source.text.slice(...extent);
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
    const offsets = typeof value === 'string' && extent ? alignment(this.source.text, extent, value) : undefined;
    if (!offsets) return at;
    const place = (n: number): number => offsets[Math.min(n, offsets.length - 1)]!;
    return { ...at, range: this.source.range(place(offset), place(offset + length)) };
  }

  private location(path: ValuePath, node: ParsedNode | undefined): Location {
    const range = node?.range ?? this.document.contents?.range ?? this.document.range;
    return { file: this.source.file, range: this.span(range[0], range[1]), path };
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
        const pair = this.pair(inner.items as Pair<ParsedNode, ParsedNode | null>[], step);
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

  /** The entry of a map with this key; what a merge key brings in comes last. */
  private pair(
    items: Pair<ParsedNode, ParsedNode | null>[],
    step: string | number,
  ): Pair<ParsedNode, ParsedNode | null> | undefined {
    const own = items.find(item => isScalar(item.key) && String(item.key.value) === String(step));
    if (own) return own;
    for (const item of items) {
      if (!isScalar(item.key) || item.key.source !== '<<') continue;
      const merged = this.resolve(item.value ?? undefined);
      const sources = isSeq(merged) ? merged.items : [merged];
      for (const source of sources) {
        const map = this.resolve(source as ParsedNode | undefined);
        const found = isMap(map) ? this.pair(map.items as Pair<ParsedNode, ParsedNode | null>[], step) : undefined;
        if (found) return found;
      }
    }
    return undefined;
  }

  private resolve(node: ParsedNode | undefined): ParsedNode | undefined {
    return isAlias(node) ? (node.resolve(this.document) as ParsedNode | undefined) : node;
  }
}
