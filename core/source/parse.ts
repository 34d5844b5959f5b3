import { type Document, isAlias, isCollection, isPair, isScalar, parseAllDocuments, visit, type YAMLError } from 'yaml';
import { type Diagnostic, diagnostic, type Location } from '../diagnostics';
import { type SourceDocument, YamlDocument } from './document';
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
  readonly source: SourceText;
  /** Documents that could be read; empty ones (between two `---`) are left out. */
  readonly documents: readonly SourceDocument[];
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
  const depth = deepest(text);
  if (depth.level > limits.depth) {
    const at: Location = { file, range: source.range(depth.offset, depth.offset + 1) };
    const message = `values nest more than ${limits.depth} levels deep`;
    return { source, documents, diagnostics: [diagnostic('MQ209', at, { message })] };
  }
  const parsed = parseAllDocuments(text, { merge: true, prettyErrors: false, logLevel: 'silent' });
  const list: readonly Document.Parsed[] = Array.isArray(parsed) ? parsed : [];
  list.forEach((document, index) => {
    const faults = [...document.errors, ...document.warnings].map(fault => yamlFault(source, fault));
    diagnostics.push(...faults);
    if (document.errors.length > 0 || document.contents === null || isEmptyScalar(document)) return;
    const bomb = text.includes('*') ? aliasBomb(source, document, limits.aliasedValues) : undefined;
    if (bomb) diagnostics.push(bomb);
    else documents.push(new YamlDocument(source, index, document.toJS({ maxAliasCount: -1 }), document));
  });
  for (const document of list) diagnostics.push(...oldBooleans(source, document));
  return { source, documents, diagnostics };
}

function isEmptyScalar(document: Document.Parsed): boolean {
  const { contents } = document;
  return isScalar(contents) && contents.value === null && contents.source === '';
}

/** How deep indentation and brackets can nest at the most, without parsing: guards the parser's own recursion. */
function deepest(text: string): { level: number; offset: number } {
  let level = 0;
  let most = { level: 0, offset: 0 };
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x5b || c === 0x7b) {
      if (++level > most.level) most = { level, offset: i };
    } else if ((c === 0x5d || c === 0x7d) && level > 0) level--;
    else if (c === 0x2d && text.charCodeAt(i + 1) === 0x20 && text.startsWith('- - - - ', i)) {
      let run = 1;
      while (text.startsWith('- ', i + 2 * run)) run++;
      if (level + run > most.level) most = { level: level + run, offset: i };
      i += 2 * run - 1;
    }
  }
  return most;
}

function yamlFault(source: SourceText, fault: YAMLError): Diagnostic {
  const [start, end] = fault.pos;
  const at: Location = { file: source.file, range: source.range(start, Math.max(end, start + 1)) };
  const text = source.text.slice(start, end);
  switch (fault.code) {
    case 'DUPLICATE_KEY': {
      const key = /^[^\s:]+/.exec(source.text.slice(start))?.[0] ?? text;
      const where = { file: source.file, range: source.range(start, start + key.length) };
      return diagnostic('MQ202', where, { message: `key "${key}" stands twice in the same map; keep one` });
    }
    case 'TAB_AS_INDENT':
      return diagnostic('MQ207', at, { message: 'a tab is used for indentation; use spaces' });
    case 'TAG_RESOLVE_FAILED':
      return diagnostic('MQ218', at, {
        message: `tag ${text.split(/\s/)[0]} has no meaning here; write the plain value`,
      });
    default: {
      const tab = /^[ ]*\t/.exec(source.text.slice(source.text.lastIndexOf('\n', start - 1) + 1));
      if (tab && source.text.slice(source.text.lastIndexOf('\n', start - 1) + 1, start + 1).trim() === '')
        return diagnostic('MQ207', at, { message: 'a tab is used for indentation; use spaces' });
      const said = fault.message.split('\n')[0]!.replace(/[.:]$/, '');
      return diagnostic('MQ201', at, { message: `not valid YAML: ${said.charAt(0).toLowerCase()}${said.slice(1)}` });
    }
  }
}

/** Finds the first alias with which a document grows past the bound, by adding up, never by expanding. */
function aliasBomb(source: SourceText, document: Document.Parsed, bound: number): Diagnostic | undefined {
  const sizes = new Map<string, number>();
  let found: { offset: number; name: string } | undefined;
  const size = (node: unknown): number => {
    let total = 1;
    if (isAlias(node)) {
      total = sizes.get(node.source) ?? 1;
      if (total > bound && !found) found = { offset: node.range?.[0] ?? 0, name: node.source };
    } else if (isPair(node)) total = size(node.key) + size(node.value);
    else if (isCollection(node)) {
      for (const item of node.items) {
        total += size(item);
        if (total > bound && !found) {
          const last = isPair(item) ? item.value : item;
          if (isAlias(last)) found = { offset: last.range?.[0] ?? 0, name: last.source };
        }
      }
    }
    if ((isCollection(node) || isScalar(node)) && node.anchor) sizes.set(node.anchor, total);
    return total;
  };
  size(document.contents);
  if (!found) return undefined;
  const at: Location = { file: source.file, range: source.range(found.offset, found.offset + found.name.length + 1) };
  const message = `alias "*${found.name}" expands the document to more than ${bound} values`;
  return diagnostic('MQ210', at, { message });
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
