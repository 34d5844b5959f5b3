import { type Fields, fieldsOf } from './json';

/** Words with something between them; undefined where there is none for one. */
export function joined(words: readonly (string | undefined)[], between = ' '): string | undefined {
  return words.includes(undefined) ? undefined : words.join(between);
}

/** A word as it is, or in quotes where nft's language would take it for something else, or where a terminal would. */
export function word(value: unknown): string {
  const text = String(value);
  return /^[\w@*./:-]+$/.test(text) ? text : JSON.stringify(text);
}

/** The fields of an object that has no others than these. */
export function only(value: unknown, names: readonly string[]): Fields | undefined {
  const fields = fieldsOf(value);
  return fields && Object.keys(fields).every(name => names.includes(name)) ? fields : undefined;
}

/** How values are written: nft has some in hexadecimal, and some in quotes. */
type Style = 'plain' | 'mark' | 'device';

/** Nothing that somebody writes is as deep. */
const DEEPEST = 16;

/** An expression of `nft -j` in nft's own language; undefined where masq does not know the words for it. */
export function expressionText(value: unknown): string | undefined {
  return textOf(value, 'plain', 0);
}

/** What something is compared with, or what is written there. */
export function valueText(left: unknown, value: unknown): string | undefined {
  return textOf(value, styleOf(left), 0);
}

function styleOf(left: unknown): Style {
  const [[kind, of] = ['', undefined]] = Object.entries(fieldsOf(left) ?? {});
  if (Array.isArray(of)) return of.some(one => styleOf(one) === 'mark') ? 'mark' : 'plain';
  const key = String(fieldsOf(of)?.key);
  if (key === 'mark' && (kind === 'meta' || kind === 'ct')) return 'mark';
  return kind === 'meta' && DEVICES.includes(key) ? 'device' : 'plain';
}

/** What `meta` asks of devices by their names, and the others that are written without the word. */
const DEVICES = ['iif', 'oif', 'iifname', 'oifname', 'ibrname', 'obrname'];
const UNQUALIFIED = ['iif', 'oif', 'iifname', 'oifname', 'iifgroup', 'oifgroup'];

function textOf(value: unknown, style: Style, depth: number): string | undefined {
  if (typeof value === 'number') return style === 'mark' ? `0x${value.toString(16).padStart(8, '0')}` : String(value);
  if (typeof value === 'string')
    return style === 'device' && !value.startsWith('@') ? JSON.stringify(value) : word(value);
  const [entry, another] = Object.entries(fieldsOf(value) ?? {});
  if (!entry || another || depth > DEEPEST) return undefined;
  const [kind, of] = entry;
  const inner = (one: unknown): string | undefined => textOf(one, style, depth + 1);
  const list: readonly unknown[] | undefined = Array.isArray(of) ? of : undefined;
  switch (kind) {
    case 'prefix': {
      const { addr, len } = only(of, ['addr', 'len']) ?? {};
      return joined([inner(addr), inner(len)], '/');
    }
    case 'range':
      return list && joined(list.map(inner), '-');
    case 'concat':
      return list && joined(list.map(inner), ' . ');
    case 'set':
      return list && braced(list.map(inner));
    case 'elem':
      return inner(only(of, ['val', 'comment'])?.val);
    case '&':
    case '|':
    case '^': {
      const [left, right, third] = list ?? [];
      if (third !== undefined) return undefined;
      return joined([inner(left), kind, textOf(right, styleOf(value) === 'mark' ? 'mark' : style, depth + 1)]);
    }
    case 'map': {
      const { key, data } = only(of, ['key', 'data']) ?? {};
      return joined([inner(key), 'map', mapText(key, data, one => textOf(one, style, depth + 1))]);
    }
    default:
      return selectorText(kind, of);
  }
}

/** A map's name, or its elements. @param write writes their values */
export function mapText(
  key: unknown,
  data: unknown,
  write: (value: unknown) => string | undefined,
): string | undefined {
  if (typeof data === 'string') return word(data);
  const elements: unknown = only(data, ['set'])?.set;
  if (!Array.isArray(elements) || !elements.every(one => Array.isArray(one) && one.length === 2)) return undefined;
  return braced(elements.map(([one, value]) => joined([valueText(key, one), write(value)], ' : ')));
}

function braced(texts: readonly (string | undefined)[]): string | undefined {
  const inside = joined(texts, ', ');
  return inside === undefined ? undefined : `{ ${inside} }`;
}

/** What is looked at of a packet. */
function selectorText(kind: string, of: unknown): string | undefined {
  switch (kind) {
    case 'payload': {
      const { protocol, field } = only(of, ['protocol', 'field']) ?? {};
      return protocol === undefined ? undefined : `${word(protocol)} ${word(field)}`;
    }
    case 'meta': {
      const key = only(of, ['key'])?.key;
      if (typeof key !== 'string') return undefined;
      return UNQUALIFIED.includes(key) ? key : `meta ${word(key)}`;
    }
    case 'ct': {
      const { key, dir } = only(of, ['key', 'dir']) ?? {};
      return key === undefined ? undefined : ['ct', ...(dir === undefined ? [] : [word(dir)]), word(key)].join(' ');
    }
    case 'fib': {
      const { result, flags } = only(of, ['result', 'flags']) ?? {};
      return result === undefined ? undefined : `fib ${[flags].flat().map(word).join(' . ')} ${word(result)}`;
    }
    case 'numgen': {
      const { mode, mod, offset } = only(of, ['mode', 'mod', 'offset']) ?? {};
      return mode === undefined ? undefined : `numgen ${word(mode)} mod ${mod}${offset ? ` offset ${offset}` : ''}`;
    }
    default:
      return undefined;
  }
}
