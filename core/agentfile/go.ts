import { type Diagnostic, diagnostic, type RuleCode } from '../diagnostics';
import type { Findings } from '../intent/findings';
import { valueAt } from '../schema/path';
import type { SourceDocument, SourceText } from '../source';

/**
 * What is valid YAML 1.2 and yet not what ip-masq-agent reads, told where it stands: the agent takes a text that begins
 * with `{` for JSON, and any other for YAML 1.1 as go-yaml has it. Sources: ToJSON of k8s.io/apimachinery/pkg/util/yaml,
 * scannerc.go and parserc.go of gopkg.in/yaml.v2.
 */
export function goFaults(source: SourceText): Diagnostic[] {
  const { file, text } = source;
  const fault = (code: RuleCode, at: number, end: number, message: string): Diagnostic =>
    diagnostic(code, { file, range: source.range(at, end) }, { message });
  if (isJson(text)) {
    const at = jsonFault(text);
    if (at === undefined) return [];
    const message =
      'ip-masq-agent reads a file that begins with "{" as JSON, and here it is none; write JSON without comments, with double quotes, and with no comma behind the last value';
    return [fault('MQ201', at, at + 1, message)];
  }
  return [
    ...tabs(text).map(at =>
      fault(
        'MQ207',
        at,
        at + 1,
        'ip-masq-agent refuses a file with a tab here; write spaces, or nothing on a blank line',
      ),
    ),
    ...places(text, /[\u0085\u2028\u2029]/g).map(at => {
      const code = text.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0');
      const message = `the character U+${code} stands here, which ends a line to ip-masq-agent; remove it`;
      return fault('MQ201', at, at + 1, message);
    }),
    ...directives(text).map(([at, line]) => {
      const message = `ip-masq-agent refuses "${line}": it knows one line "%YAML 1.1" at most; remove the line`;
      return fault('MQ201', at, at + line.length, message);
    }),
  ];
}

/** Whether ip-masq-agent takes a text for JSON. With a byte order mark it does not. */
export function isJson(text: string): boolean {
  return /^[^\S\ufeff]*\{/.test(text);
}

function places(text: string, sign: RegExp): number[] {
  return Array.from(text.matchAll(sign), ({ index }) => index);
}

/** Tabs at the start of a line, or behind the "-" or "?" there. Between brackets they are allowed. */
function tabs(text: string): number[] {
  const found: number[] = [];
  if (!text.includes('\t')) return found;
  let depth = 0;
  let start = 0;
  for (const line of text.split('\n')) {
    const before = depth === 0 ? /^ *(?:[-?](?: +|(?=\t)))*\t/.exec(line) : null;
    if (before) found.push(start + before[0].length - 1);
    for (const sign of line) depth += sign === '[' || sign === '{' ? 1 : sign === ']' || sign === '}' ? -1 : 0;
    start += line.length + 1;
  }
  return found;
}

/** The lines before a document that name another version of YAML than the first, or one again. */
function directives(text: string): [at: number, line: string][] {
  const found = Array.from(text.matchAll(/^%YAML\b.*/gm), ({ index, 0: line }): [number, string] => [
    index,
    line.trim(),
  ]);
  return found.filter(([, line], index) => index > 0 || !/^%YAML +1\.1(?: *| +#.*)$/.test(line));
}

const BLANKS = '[ \\t\\r\\n]*';
const STRING = '"[^"\\\\\\u0000-\\u001f]*(?:\\\\(?:["\\\\/bfnrt]|u[0-9A-Fa-f]{4})[^"\\\\\\u0000-\\u001f]*)*"';
const NUMBER = '-?(?:0|[1-9]\\d*)(?:\\.\\d+)?(?:[eE][+-]?\\d+)?';

/** Where a text stops being JSON; undefined where it does not. */
function jsonFault(text: string): number | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    return new JsonReader(text).fault();
  }
}

/** Looks for the place where JSON ends to be any: `JSON.parse` names it in other words in each runtime. */
class JsonReader {
  private at = 0;

  constructor(private readonly text: string) {}

  fault(): number {
    this.skips(BLANKS);
    if (this.value()) this.skips(BLANKS);
    return this.at;
  }

  private value(): boolean {
    if (this.skips(`\\{${BLANKS}`)) return this.skips('\\}') || this.list(() => this.pair(), '\\}');
    if (this.skips(`\\[${BLANKS}`)) return this.skips('\\]') || this.list(() => this.value(), '\\]');
    return this.skips(`(?:${STRING}|(?:${NUMBER}|true|false|null)(?![\\w.+-]))`);
  }

  private pair(): boolean {
    return this.skips(`${STRING}${BLANKS}:${BLANKS}`) && this.value();
  }

  private list(item: () => boolean, close: string): boolean {
    do if (!item()) return false;
    while (this.skips(`${BLANKS},${BLANKS}`));
    return this.skips(`${BLANKS}${close}`);
  }

  private skips(pattern: string): boolean {
    const sticky = new RegExp(pattern, 'y');
    sticky.lastIndex = this.at;
    if (!sticky.test(this.text)) return false;
    this.at = sticky.lastIndex;
    return true;
  }
}

/** Finds values that are written as YAML 1.2 allows, and in a way that the agent does not read. */
export function checkWritten(document: SourceDocument, findings: Findings): void {
  if (isJson(document.source.text)) checkInJson(document, findings);
  else checkInYaml(document, findings);
}

function checkInJson(document: SourceDocument, findings: Findings): void {
  const limit = document.written(['cidrLimit']) ?? '';
  if (/[.eE]/.test(limit) && typeof valueAt(document.value, ['cidrLimit']) === 'number') {
    findings.add('MQ206', ['cidrLimit'], `cidrLimit ${limit} is no whole number to ip-masq-agent; write it in digits`);
  }
  const resync = document.written(['resyncInterval']) ?? '';
  if (resync.includes('\\')) {
    findings.add('MQ216', ['resyncInterval'], `ip-masq-agent reads no escapes in resyncInterval ${resync}; write 60s`);
  }
}

function checkInYaml(document: SourceDocument, findings: Findings): void {
  const { text } = document.source;
  const list = ['nonMasqueradeCIDRs'];
  const isFlow = text[document.at(list).range?.start.offset ?? 0] === '[';
  if (!text.includes('\\/') && !isFlow) return;
  const entries = valueAt(document.value, list);
  const paths = Array.isArray(entries) ? entries.map((_, index) => [...list, index]) : [];
  for (const path of [...paths, ['resyncInterval']]) {
    const written = document.written(path) ?? '';
    if (isFlow && written.startsWith(':')) {
      findings.add(
        'MQ201',
        path,
        `ip-masq-agent takes a colon that begins a text in brackets for a sign; write "${written}"`,
      );
    } else if (/^"(?:[^\\]|\\[^/])*\\\//.test(written)) {
      findings.add('MQ201', path, `ip-masq-agent knows "\\/" in JSON only; write ${written.replaceAll('\\/', '/')}`);
    }
  }
}
