import { type Alias, type Document, isAlias, isCollection, isPair, isScalar, type ParsedNode } from 'yaml';
import { type Diagnostic, diagnostic, type Location } from '../diagnostics';
import type { SourceText } from './text';

/** What each alias of a document stands for. */
export type Aliases = ReadonlyMap<unknown, ParsedNode>;

/** A document's aliases, or why it cannot be made into plain data. */
export interface ResolvedAliases {
  /** What each alias stands for; complete only without a fault. */
  readonly aliases: Aliases;
  /** The first alias without an anchor before it, inside of what it stands for, or past the bound. */
  readonly fault?: Diagnostic;
}

const NO_ALIASES: ResolvedAliases = { aliases: new Map() };

/**
 * Finds what each alias stands for, and refuses a document that they expand past the bound. Found by adding up, never
 * by expanding.
 */
export function resolveAliases(source: SourceText, document: Document.Parsed, bound: number): ResolvedAliases {
  if (!source.text.includes('*')) return NO_ALIASES;
  const resolver = new Resolver(source, bound);
  resolver.size(document.contents);
  const { aliases, fault } = resolver;
  return { aliases, ...(fault && { fault }) };
}

/** Follows an alias to what it stands for; other nodes are themselves. */
export function target(node: unknown, aliases: Aliases): unknown {
  return isAlias(node) ? aliases.get(node) : node;
}

class Resolver {
  readonly aliases = new Map<unknown, ParsedNode>();
  fault: Diagnostic | undefined;
  private readonly anchors = new Map<string, { readonly node: ParsedNode; readonly size: number }>();
  private added = 0;

  constructor(
    private readonly source: SourceText,
    private readonly bound: number,
  ) {}

  /** How many values a node has with its aliases expanded. */
  size(node: unknown): number {
    if (isAlias(node)) return this.aliasSize(node);
    if (isPair(node)) return this.size(node.key) + this.size(node.value);
    let size = 1;
    if (isCollection(node)) for (const item of node.items) size += this.size(item);
    if ((isCollection(node) || isScalar(node)) && node.anchor) {
      this.anchors.set(node.anchor, { node: node as ParsedNode, size });
    }
    return size;
  }

  private aliasSize(alias: Alias): number {
    const anchor = this.anchors.get(alias.source);
    if (!anchor) {
      this.refuse('MQ201', alias, `has no anchor "&${alias.source}" that is complete before it`);
      return 1;
    }
    this.aliases.set(alias, anchor.node);
    this.added += anchor.size;
    if (this.added > this.bound) this.refuse('MQ210', alias, `expands the document by more than ${this.bound} values`);
    return anchor.size;
  }

  private refuse(code: 'MQ201' | 'MQ210', alias: Alias, says: string): void {
    const start = alias.range?.[0] ?? 0;
    const range = this.source.range(start, start + alias.source.length + 1);
    const at: Location = { file: this.source.file, range };
    this.fault ??= diagnostic(code, at, { message: `alias "*${alias.source}" ${says}` });
  }
}
