import { type Document, isCollection, isPair, isScalar, type Node, parseAllDocuments, visit } from 'yaml';
import { type Diagnostic, diagnostic, type Location } from '../diagnostics';
import { aliasFault, mergeFault } from './alias';
import { type SourceDocument, YamlDocument } from './document';
import { yamlFaults } from './fault';
import { SourceText } from './text';

/** Bounds that keep a hostile or misplaced file from taking the machine. */
export interface Limits {
  /** Characters a file may have. @default 16 Mi */
  readonly characters: number;
  /** Values that aliases may add up to, in one document. @default 100,000 */
  readonly aliasedValues: number;
  /** How deeply maps and lists may nest. @default 64 */
  readonly depth: number;
}

/** The limits that hold unless a caller names others. */
export const DEFAULT_LIMITS: Limits = { characters: 16 * 1024 * 1024, aliasedValues: 100_000, depth: 64 };

/** The documents of a text and what is wrong with it as YAML. */
export interface ParsedSource {
  /** The text, for the places of findings. */
  readonly source: SourceText;
  /** Documents that could be read; empty ones (between two `---`) are left out. */
  readonly documents: readonly SourceDocument[];
  /** What is wrong with it as YAML. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads YAML 1.2 (so also JSON) with merge keys, anchors and aliases, one or more documents.
 * Never throws: what is wrong becomes findings, and a document with syntax errors is left out.
 */
export function parseSource(file: string, text: string, limits: Limits = DEFAULT_LIMITS): ParsedSource {
  return parseText(new SourceText(file, text), limits);
}

/** As {@link parseSource}, for a text that knows its own places, such as one embedded in another. */
export function parseText(source: SourceText, limits: Limits = DEFAULT_LIMITS): ParsedSource {
  const { file, text } = source;
  const diagnostics: Diagnostic[] = [];
  const documents: SourceDocument[] = [];
  if (text.length > limits.characters) {
    const message = `the file has ${text.length} characters; masq reads at most ${limits.characters}`;
    return { source, documents, diagnostics: [diagnostic('MQ209', { file }, { message })] };
  }
  const tooDeep = (offset: number): Diagnostic => {
    const at: Location = { file, range: source.range(offset, offset + 1) };
    return diagnostic('MQ209', at, { message: `values nest more than ${limits.depth} levels deep` });
  };
  const parsed = parseAllDocuments(text, { merge: true, prettyErrors: false, logLevel: 'silent' });
  const list: readonly Document.Parsed[] = Array.isArray(parsed) ? parsed : [];
  const mayNest = canNest(text, limits.depth);
  list.forEach((document, index) => {
    diagnostics.push(...yamlFaults(source, document));
    if (document.errors.length > 0 || document.contents === null || isEmptyScalar(document)) return;
    const deep = mayNest ? nodeAtDepth(document.contents, limits.depth) : undefined;
    const fault =
      (deep && tooDeep(deep.range?.[0] ?? 0)) ??
      (text.includes('*') ? aliasFault(source, document, limits.aliasedValues) : undefined) ??
      (text.includes('<<') ? mergeFault(source, document) : undefined);
    if (fault) diagnostics.push(fault);
    else documents.push(new YamlDocument(source, index, document.toJS({ maxAliasCount: -1 }), document));
  });
  for (const document of list) diagnostics.push(...oldBooleans(source, document));
  return { source, documents, diagnostics };
}

function isEmptyScalar(document: Document.Parsed): boolean {
  const { contents } = document;
  return isScalar(contents) && contents.value === null && contents.source === '';
}

/**
 * Whether values could nest deeper than that, without looking at them: brackets, which may stand in texts and mean
 * nothing, and indentation or a run of dashes, two levels for each column.
 */
function canNest(text: string, depth: number): boolean {
  let level = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if ((c === 0x5b || c === 0x7b) && ++level > depth) return true;
    if ((c === 0x5d || c === 0x7d) && level > 0) level--;
  }
  return new RegExp(`^[ -]{${depth >> 1},}`, 'm').test(text);
}

/** The first value below so many maps and lists; undefined when none is. */
function nodeAtDepth(node: unknown, depth: number): Node | undefined {
  if (isPair(node)) return nodeAtDepth(node.key, depth) ?? nodeAtDepth(node.value, depth);
  if (!isCollection(node)) return undefined;
  if (depth === 0) return node;
  for (const item of node.items) {
    const found = nodeAtDepth(item, depth - 1);
    if (found) return found;
  }
  return undefined;
}

const OLD_BOOLEAN = /^(?:yes|no|on|off)$/i;

/** Plain scalars that YAML 1.1 readers (kubectl and the agent among them) take for booleans, and YAML 1.2 ones for text. */
function oldBooleans(source: SourceText, document: Document.Parsed): Diagnostic[] {
  if (!/(?:^|[\s:[,{-])(?:yes|no|on|off)\s*(?:$|[,\]}#])/im.test(source.text)) return [];
  const found: Diagnostic[] = [];
  visit(document, {
    Scalar(_key, node) {
      if (node.type !== 'PLAIN' || typeof node.source !== 'string' || !OLD_BOOLEAN.test(node.source) || !node.range)
        return;
      const at: Location = { file: source.file, range: source.range(node.range[0], node.range[1]) };
      const meant = /^(?:yes|on)$/i.test(node.source);
      const message = `${node.source} is text in YAML 1.2 but ${meant} in YAML 1.1; write ${meant}, or "${node.source}" if text is meant`;
      found.push(diagnostic('MQ208', at, { message }));
    },
  });
  return found;
}
