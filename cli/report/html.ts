/** A piece of HTML, safe to be put into another one. */
export class Html {
  /** @param text - written by masq, or escaped */
  constructor(readonly text: string) {}
}

/** What can be put into HTML: texts are escaped; nothing is written for what is absent or false. */
export type HtmlValue = string | number | bigint | Html | readonly HtmlValue[] | undefined | false;

/** HTML as a template: what is put in is text, unless it is HTML itself. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(strings.map((string, i) => string + (i < values.length ? written(values[i]) : '')).join(''));
}

/** A text as it has to stand in HTML, also within quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, sign => `&#${sign.charCodeAt(0)};`);
}

/** Data as a script of a page can hold it: nothing in it ends the script. */
export function scriptData(data: unknown): Html {
  return new Html(
    JSON.stringify(data).replace(/[<\u2028\u2029]/g, sign => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
}

function written(value: HtmlValue): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(written).join('');
  return escapeHtml(String(value));
}
