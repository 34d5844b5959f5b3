/** Is shown what stands in a plain file, in its order; comments, blank lines and the "---" at its start are not. */
export interface PlainVisitor {
  /**
   * A key, with its value where that is no list.
   * @param isNeeded whether the file could not be read without it
   */
  key(key: string, start: number, end: number, isNeeded: boolean): void;
  /**
   * An entry of the list of the key before, and what stands up to the next one.
   * @param text absent when it is no text
   * @param isNeeded whether the file could not be read without it
   */
  entry(text: string | undefined, start: number, end: number, isNeeded: boolean): void;
  /** Anything else of JSON. */
  other(start: number, end: number): void;
}

/**
 * Goes through a file that is written plainly: JSON, or YAML with one key or entry a line, none of which changes what
 * another one is. Whether its keys and entries are right is another question.
 * @returns where the first thing stands that is not plain; undefined where there is none
 */
export function scanPlain(text: string, visitor: PlainVisitor): number | undefined {
  return text.startsWith('{') ? new JsonScan(text, visitor).run() : scanLines(text, visitor);
}

/** Characters of comments: neither control characters nor any that are more than they look like. */
export const COMMENT = '#[ -~\\u00a1-\\u1fff\\u2010-\\u2027\\u2030-\\ud7ff]*';

/** A line that holds nothing, or a comment. */
export const NOTHING = new RegExp(`^ *(?:${COMMENT})?$`);

/** A text in which YAML sees no sign of its own, but for a colon at its end. */
const WORD = '[$()+./0-9:;<=A-Z^_a-z~][$()+./0-9:;<=A-Z^_a-z~-]*';
const VALUE = `(?: +(["']?)(${WORD})\\2)?(?: +${COMMENT})? *$`;
const ITEM = new RegExp(`^( *)-${VALUE}`);
const KEY = new RegExp(`^([A-Za-z0-9_][A-Za-z0-9_.-]*):${VALUE}`);

function scanLines(text: string, visitor: PlainVisitor): number | undefined {
  let hasBegun = false;
  /** How deep the next entry has to stand; undefined where no list is open. */
  let indent: number | 'any' | undefined;
  for (let start = 0, next = 0; start < text.length; start = next) {
    const lineBreak = text.indexOf('\n', start);
    next = lineBreak < 0 ? text.length : lineBreak + 1;
    const end = lineBreak < 0 ? next : lineBreak;
    const line = text.slice(start, end < next && text[end - 1] === '\r' ? end - 1 : end);
    if (NOTHING.test(line)) continue;
    const item = indent === undefined ? null : ITEM.exec(line);
    if (item) {
      const isFirst = indent === 'any';
      if (isFirst) indent = item[1]!.length;
      if (indent !== item[1]!.length) return start;
      visitor.entry(item[3], start, next, isFirst);
    } else if (hasBegun || line !== '---') {
      const [, key, , value] = KEY.exec(line) ?? [];
      if (key === undefined) return start;
      indent = value === undefined ? 'any' : undefined;
      visitor.key(key, start, next, false);
    }
    hasBegun = true;
  }
  return undefined;
}

/** A choice of signs takes no memory to repeat; one of texts does, in QuickJS a hundred bytes each time. */
const BLANKS = '[ \\r\\n]*';
const STRING = '"([ !#-[\\]-~]*)"';

/** What JSON consists of that is a map of values and of lists of them, each with the blanks behind it. */
const JSON_PARTS = {
  open: new RegExp(`\\{${BLANKS}`, 'y'),
  key: new RegExp(`${STRING}${BLANKS}:${BLANKS}`, 'y'),
  openList: new RegExp(`\\[${BLANKS}`, 'y'),
  value: new RegExp(`(?:${STRING}|-?\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?|true|false|null)${BLANKS}`, 'y'),
  comma: new RegExp(`,${BLANKS}`, 'y'),
  closeList: new RegExp(`\\]${BLANKS}`, 'y'),
  close: new RegExp(`\\}${BLANKS}`, 'y'),
};

class JsonScan {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly visitor: PlainVisitor,
  ) {}

  run(): number | undefined {
    const oldBreak = this.text.search(/\r(?!\n)/);
    if (oldBreak >= 0) return oldBreak;
    const isMap = this.shows('open') && (this.shows('close') || this.pairs());
    return isMap && this.at === this.text.length ? undefined : this.at;
  }

  private pairs(): boolean {
    do {
      const start = this.at;
      const key = this.match('key')?.[1];
      if (key === undefined) return false;
      this.visitor.key(key, start, this.at, true);
      if (!this.value()) return false;
    } while (this.shows('comma'));
    return this.shows('close');
  }

  private value(): boolean {
    if (!this.shows('openList')) return this.shows('value');
    return this.shows('closeList') || this.entries();
  }

  private entries(): boolean {
    for (;;) {
      const start = this.at;
      const value = this.match('value');
      if (!value) return false;
      const isLast = !this.match('comma');
      this.visitor.entry(value[1], start, this.at, isLast);
      if (isLast) return this.shows('closeList');
    }
  }

  private shows(part: keyof typeof JSON_PARTS): boolean {
    const start = this.at;
    if (!this.match(part)) return false;
    this.visitor.other(start, this.at);
    return true;
  }

  private match(part: keyof typeof JSON_PARTS): RegExpExecArray | null {
    const pattern = JSON_PARTS[part];
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match) this.at = pattern.lastIndex;
    return match;
  }
}
