import { isMap, isScalar, isSeq, type Pair, type ParsedNode, type Scalar, type YAMLMap } from 'yaml';
import { type Diagnostic, diagnostic, type RuleCode } from '../diagnostics';
import { BROKEN, isBroken } from '../yaml';
import { type Aliases, target } from './alias';
import { byteOrderMark } from './characters';
import type { SourceText } from './text';
import { UNCLOSED_QUOTE } from './words';

/** A document's nodes as plain data, and what is wrong with them beyond syntax. */
export interface PlainData {
  readonly value: unknown;
  readonly faults: readonly Diagnostic[];
}

/**
 * Makes plain data, as JSON knows it, of a document's nodes: aliases and merge keys resolved. Finds on the way what the
 * syntax allows and no map can hold: keys that stand twice, merge keys of what is no map.
 * @param aliases what each alias stands for: complete, and no more than can be expanded
 */
export function plainData(source: SourceText, contents: ParsedNode, aliases: Aliases): PlainData {
  const maker = new Maker(source, aliases);
  const value = maker.value(contents);
  return { value, faults: maker.faults };
}

/** The characters that YAML allows in a key that is not announced by a question mark. */
const LONGEST_KEY = 1024;

/** Whether a key brings another map's entries in: `<<` without quotes. */
export function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.source === '<<';
}

/** The text that a map's key is in plain data; of a map or list as a key, the text as written. */
export function keyText(source: SourceText, key: unknown, aliases: Aliases): string {
  const node = target(key, aliases);
  if (isScalar(node)) return node.value === null ? '' : String(node.value);
  return source.text.slice(...extentOf(key)).trimEnd();
}

/** Where a node stands in its text. The parser has a map behind "? " begin at its first colon. */
export function extentOf(node: unknown): [start: number, end: number] {
  const [start, end] = (node as ParsedNode | null)?.range ?? [0, 0];
  const first = isMap(node) ? (node.items[0]?.key as ParsedNode | null | undefined)?.range?.[0] : undefined;
  return [Math.min(start, first ?? start), end];
}

class Maker {
  readonly faults: Diagnostic[] = [];
  /** What aliases stand for is made once; they share it. */
  private readonly anchored = new Map<unknown, unknown>();

  constructor(
    private readonly source: SourceText,
    private readonly aliases: Aliases,
  ) {}

  value(reference: unknown): unknown {
    const node = target(reference, this.aliases);
    if (node !== reference) return this.anchored.get(node);
    const value = isMap(node) ? this.map(node) : isSeq(node) ? this.list(node.items) : this.scalar(node);
    if ((node as ParsedNode | null)?.anchor !== undefined) this.anchored.set(node, value);
    return value;
  }

  private list(items: readonly unknown[]): unknown[] {
    return items.map(item => this.value(item));
  }

  private scalar(node: unknown): unknown {
    if (!isScalar(node)) return null;
    this.checkScalar(node);
    return node.value;
  }

  private map(node: YAMLMap): Record<string, unknown> {
    const made: Record<string, unknown> = {};
    const merged = new Set<string>();
    for (const pair of node.items) {
      if (isMergeKey(pair.key)) {
        this.merge(pair, made, merged);
        continue;
      }
      if (isScalar(pair.key)) this.checkScalar(pair.key);
      const key = keyText(this.source, pair.key, this.aliases);
      if (key.length > LONGEST_KEY) this.tooLong(pair.key, key);
      else if (Object.hasOwn(made, key) && !merged.delete(key)) this.twice(pair.key, key);
      define(made, key, this.value(pair.value));
    }
    return made;
  }

  /** Brings in the entries of a map, or of several, that are not there yet. */
  private merge({ key, value }: Pair, into: Record<string, unknown>, merged: Set<string>): void {
    const data = this.value(value);
    const sources: unknown[] = Array.isArray(data) ? data : [data];
    const above = new Set(Object.keys(into));
    for (const from of sources) {
      if (typeof from !== 'object' || from === null || Array.isArray(from)) {
        this.fault('MQ201', key, 'the merge key "<<" takes a map, or an alias of one');
        return;
      }
      for (const [name, inner] of Object.entries(from)) {
        if (above.delete(name)) this.again(key, name);
        if (Object.hasOwn(into, name)) continue;
        define(into, name, inner);
        merged.add(name);
      }
    }
  }

  private twice(key: unknown, name: string): void {
    this.fault('MQ202', key, `key "${name}" stands twice in the same map; keep one`);
  }

  /** To go-yaml, which kubectl and ip-masq-agent read with, what stands below counts; to YAML, what is the map's own. */
  private again(key: unknown, name: string): void {
    this.fault(
      'MQ202',
      key,
      `"<<" brings in "${name}", which stands above it: readers differ in which of the two counts; put "<<" first`,
    );
  }

  /** Such a key would stand in the way to each value below it. */
  private tooLong(key: unknown, name: string): void {
    this.fault('MQ209', key, `a key has ${name.length} characters; YAML allows ${LONGEST_KEY}`);
  }

  private checkScalar(node: Scalar): void {
    const [start, end] = extentOf(node);
    const { type } = node;
    if (type === 'PLAIN') {
      if (node.source?.startsWith('\ufeff')) this.faults.push(byteOrderMark(this.source, start));
    } else if ((type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE') && !isClosed(this.source.text, start, end)) {
      const at = { file: this.source.file, range: this.source.range(start, start + 1) };
      this.faults.push(diagnostic('MQ201', at, { message: UNCLOSED_QUOTE }));
    } else if (type === 'QUOTE_DOUBLE' && isBroken(String(node.value))) {
      this.fault('MQ201', node, `${this.source.text.slice(start, end)} holds ${BROKEN}; write it whole, or remove it`);
    }
  }

  private fault(code: RuleCode, node: unknown, message: string): void {
    const at = { file: this.source.file, range: this.source.range(...extentOf(node)) };
    this.faults.push(diagnostic(code, at, { message }));
  }
}

/** Whether the last quote is the closing one: the parser takes it for that even where it is escaped. */
function isClosed(text: string, start: number, end: number): boolean {
  const sign = text[start] === "'" ? "'" : '\\';
  let signs = 0;
  while (end - 2 - signs > start && text[end - 2 - signs] === sign) signs++;
  return signs % 2 === 0;
}

/** Sets a key that may be `__proto__`, which an assignment would take for something else. */
function define(map: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') map[key] = value;
  else Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true });
}
