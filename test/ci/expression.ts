/** What `${{ … }}` can ask for: contexts by their names. */
export type Contexts = Readonly<Record<string, unknown>>;

const TOKEN = /\s*(?:('(?:[^']|'')*')|([\w.-]+(?:\(\))?)|(==|!=|&&|\|\||[!()]))/y;

/** Evaluates an expression of GitHub Actions, as far as this repository's files use them; anything else throws. */
export function evaluate(expression: string, contexts: Contexts): unknown {
  const tokens = tokenize(expression);
  let at = 0;
  const take = (wanted: string): boolean => tokens[at] === wanted && ++at > 0;
  const binary = (operand: () => unknown, apply: Readonly<Record<string, (a: unknown, b: unknown) => unknown>>) => {
    let value = operand();
    for (;;) {
      const operator = Object.keys(apply).find(take);
      if (operator === undefined) return value;
      value = apply[operator]!(value, operand());
    }
  };
  const primary = (): unknown => {
    if (take('!')) return !primary();
    if (take('(')) {
      const value = or();
      if (!take(')')) throw new Error(`no closing bracket in "${expression}"`);
      return value;
    }
    return valueFor(tokens[at++], contexts);
  };
  const equal = () => binary(primary, { '==': (a, b) => a === b, '!=': (a, b) => a !== b });
  const and = () => binary(equal, { '&&': (a, b) => a && b });
  const or = (): unknown => binary(and, { '||': (a, b) => a || b });
  const value = or();
  if (at < tokens.length) throw new Error(`"${tokens[at]}" is too much in "${expression}"`);
  return value;
}

/** Fills the expressions of a text in. */
export function fill(text: string, contexts: Contexts): string {
  return text.replace(/\$\{\{(.*?)\}\}/g, (_, expression: string) => String(evaluate(expression, contexts) ?? ''));
}

function tokenize(expression: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < expression.trimEnd().length) {
    const found = TOKEN.exec(expression);
    if (!found) throw new Error(`"${expression}" cannot be read`);
    tokens.push(found[0].trim());
  }
  return tokens;
}

function valueFor(token: string | undefined, contexts: Contexts): unknown {
  if (token?.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
  if (token === 'cancelled()') return false;
  if (token === undefined || !/^[a-z]/.test(token) || token.endsWith('()')) throw new Error(`"${token}" is no value`);
  const [context = '', ...keys] = token.split('.');
  if (!(context in contexts)) throw new Error(`there is no context "${context}"`);
  return keys.reduce<unknown>((value, key) => (value as Contexts | undefined)?.[key], contexts[context]);
}
