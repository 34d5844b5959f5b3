import { type Document, isScalar, type ParsedNode, visit } from 'yaml';
import { type Diagnostic, diagnostic, type Location } from '../diagnostics';
import { resolveAliases } from './alias';
import { badCharacter } from './characters';
import { type SourceDocument, YamlDocument } from './document';
import { yamlFaults } from './fault';
import { DEFAULT_LIMITS, type Limits } from './limits';
import { readDocuments } from './read';
import { SourceText } from './text';
import { plainData } from './value';

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
  const refused = tooLarge(source, limits) ?? badCharacter(source);
  if (refused) return { source, documents, diagnostics: [refused] };
  const read = readDocuments(text, limits);
  for (const [index, document] of read.documents.entries()) {
    const syntax = yamlFaults(source, document);
    for (const fault of syntax) diagnostics.push(fault);
    const contents = contentsOf(document);
    if (document.errors.length > 0 || syntax.some(({ code }) => code === 'MQ201') || !contents) continue;
    const { aliases, fault } = resolveAliases(source, document, limits.aliasedValues);
    const { value, faults } = fault ? { value: null, faults: [fault] } : plainData(source, contents, aliases);
    if (faults.length === 0) documents.push(new YamlDocument(source, index, value, document, aliases));
    for (const found of faults) diagnostics.push(found);
  }
  if (read.excess) {
    const { offset, message } = read.excess;
    const at: Location = { file, range: source.range(offset, offset + 1) };
    diagnostics.push(diagnostic('MQ209', at, { message: `${message}; masq reads no further` }));
  }
  if (MAY_HAVE_OLD_BOOLEANS.test(text)) {
    for (const document of read.documents) for (const found of oldBooleans(source, document)) diagnostics.push(found);
  }
  return { source, documents, diagnostics };
}

/** Refuses by size alone what would cost too much to look into. */
function tooLarge({ file, text, lines }: SourceText, limits: Limits): Diagnostic | undefined {
  const refuse = (size: string, most: number): Diagnostic =>
    diagnostic('MQ209', { file }, { message: `the file has ${size}; masq reads at most ${most}` });
  if (text.length > limits.characters) return refuse(`${text.length} characters`, limits.characters);
  return text.length > limits.lines && lines > limits.lines ? refuse(`${lines} lines`, limits.lines) : undefined;
}

/** What stands in a document; undefined when that is nothing but comments. */
function contentsOf(document: Document.Parsed): ParsedNode | undefined {
  const contents = document.contents as ParsedNode | null;
  const empty = contents === null || (isScalar(contents) && contents.value === null && contents.source === '');
  return empty ? undefined : contents;
}

const OLD_BOOLEAN = /^(?:yes|no|on|off)$/i;

/** Spares most files the search. */
const MAY_HAVE_OLD_BOOLEANS = /(?:^|[\s:[,{-])(?:yes|no|on|off)\s*(?:$|[,\]}#])/im;

/** Plain scalars that YAML 1.1 readers (kubectl and the agent among them) take for booleans, and YAML 1.2 ones for text. */
function oldBooleans(source: SourceText, document: Document.Parsed): Diagnostic[] {
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
