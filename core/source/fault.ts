import { type Document, isScalar, visit, type YAMLError } from 'yaml';
import { type Diagnostic, diagnostic, type Location } from '../diagnostics';
import type { SourceText } from './text';

/** What the parser's codes mean to somebody who looks at the file; other faults keep the parser's own words. */
const WORDS: Readonly<Record<string, string>> = {
  'Nested mappings': 'a value that holds ": " or ends in ":" needs quotes around it',
  BLOCK_AS_IMPLICIT_KEY: 'the indentation does not fit that of the lines above',
  MULTILINE_IMPLICIT_KEY: 'this is neither "key: value" nor "- item"; ":" and "-" need a space behind them',
};

/**
 * The findings that a document's syntax errors and warnings amount to. Once the parser has lost its way, what it says
 * of the rest is noise: of its syntax errors the first counts, or none beside a tab.
 */
export function yamlFaults(source: SourceText, document: Document.Parsed): Diagnostic[] {
  const all = [...document.errors, ...document.warnings].map(fault => yamlFault(source, fault, document));
  const lines = new Set<number>();
  let deep = false;
  let syntax = all.some(found => found.code === 'MQ207' || found.code === 'MQ209');
  return all.filter(found => {
    const { line } = found.range!.start;
    if (found.code === 'MQ207') return !lines.has(line) && lines.add(line);
    if (found.code === 'MQ209') {
      const first = !deep;
      deep = true;
      return first;
    }
    if (found.code !== 'MQ201') return true;
    const first = !syntax;
    syntax = true;
    return first;
  });
}

function yamlFault(source: SourceText, fault: YAMLError, document: Document.Parsed): Diagnostic {
  const [start, end] = fault.pos;
  const line = source.text.lastIndexOf('\n', start - 1) + 1;
  const lineEnd = source.text.indexOf('\n', start);
  const last = Math.min(Math.max(end, start + 1), lineEnd < 0 ? source.text.length : Math.max(lineEnd, start));
  const at: Location = { file: source.file, range: source.range(start, last) };
  const tab = diagnostic('MQ207', at, { message: 'a tab is used for indentation; use spaces' });
  switch (fault.code) {
    case 'DUPLICATE_KEY': {
      const key = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s:]+)/.exec(source.text.slice(start))?.[0] ?? '';
      const where = { file: source.file, range: source.range(start, start + key.length) };
      const name = key.replace(/^(["'])(.*)\1$/, '$2');
      return diagnostic('MQ202', where, { message: `key "${name}" stands twice in the same map; keep one` });
    }
    case 'RESOURCE_EXHAUSTION':
      return diagnostic('MQ209', at, { message: 'values nest too deeply' });
    case 'TAB_AS_INDENT':
      return tab;
    case 'TAG_RESOLVE_FAILED': {
      const tag = source.text.slice(start, end).split(/\s/)[0];
      return diagnostic('MQ218', at, { message: `tag ${tag} has no meaning here; write the plain value` });
    }
    case 'MISSING_CHAR': {
      const open = /quote/i.test(fault.message) ? openQuote(document, start) : undefined;
      if (open === undefined) break;
      const where = { file: source.file, range: source.range(open, open + 1) };
      return diagnostic('MQ201', where, { message: `not valid YAML: the quote that opens here is never closed` });
    }
  }
  if (/^ *\t/.test(source.text.slice(line)) && source.text.slice(line, start + 1).trim() === '') return tab;
  const said = fault.message.split('\n')[0]!.replace(/[.:]$/, '');
  const words = WORDS[said.slice(0, 15)] ?? WORDS[fault.code] ?? `${said.charAt(0).toLowerCase()}${said.slice(1)}`;
  return diagnostic('MQ201', at, { message: `not valid YAML: ${words}` });
}

/** Where the quoted value begins that runs up to an offset; undefined when none does. */
function openQuote(document: Document.Parsed, end: number): number | undefined {
  let found: number | undefined;
  visit(document, {
    Scalar(_key, node) {
      const quoted = isScalar(node) && (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE');
      if (quoted && node.range && node.range[1] >= end) found = node.range[0];
    },
  });
  return found;
}
