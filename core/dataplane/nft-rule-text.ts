import { fieldsOf } from './json';
import { expressionText, joined, mapText, only, valueText, word } from './nft-expression-text';

/**
 * What a rule asks and does, as `nft -s list ruleset` writes it: `ip daddr @preserved return`. A statement that masq does
 * not know the words for stands there as the JSON that it is; what counters have counted is left out.
 */
export function nftRuleText(expr: unknown): string {
  if (!Array.isArray(expr)) return JSON.stringify(expr) ?? '';
  return expr.map(statement => statementText(statement) ?? JSON.stringify(statement)).join(' ');
}

function statementText(statement: unknown): string | undefined {
  const [[kind, value] = ['', undefined], another] = Object.entries(fieldsOf(statement) ?? {});
  if (another) return undefined;
  switch (kind) {
    case 'match':
      return matchText(value);
    case 'accept':
    case 'drop':
    case 'return':
    case 'continue':
    case 'notrack':
      return kind;
    case 'counter':
      return typeof value === 'string' ? `counter name ${JSON.stringify(value)}` : kind;
    case 'jump':
    case 'goto': {
      const target = only(value, ['target'])?.target;
      return typeof target === 'string' ? `${kind} ${word(target)}` : undefined;
    }
    case 'masquerade':
    case 'redirect':
    case 'snat':
    case 'dnat':
      return translationText(kind, value);
    case 'log':
      return logText(value);
    case 'limit':
      return limitText(value);
    case 'mangle': {
      const { key, value: set } = only(value, ['key', 'value']) ?? {};
      return joined([expressionText(key), 'set', valueText(key, set)]);
    }
    case 'vmap': {
      const { key, data } = only(value, ['key', 'data']) ?? {};
      return joined([expressionText(key), 'vmap', mapText(key, data, statementText)]);
    }
    case 'xt': {
      const { type, name } = only(value, ['type', 'name']) ?? {};
      return name === undefined ? undefined : `xt ${word(type)} ${JSON.stringify(name)}`;
    }
    default:
      return undefined;
  }
}

const OPERATIONS = ['&', '|', '^'];

function matchText(value: unknown): string | undefined {
  const { op, left, right } = only(value, ['op', 'left', 'right']) ?? {};
  if (typeof op !== 'string') return undefined;
  const isOfBits = OPERATIONS.some(sign => sign in (fieldsOf(left) ?? {}));
  const sign = op === 'in' || (op === '==' && !isOfBits) ? [] : [op];
  // Flags, such as those of `ct state`, are a list.
  const flags = Array.isArray(right) ? joined(right.map(expressionText), ',') : undefined;
  return joined([expressionText(left), ...sign, flags ?? valueText(left, right)]);
}

/** `masquerade to :1024-65535 fully-random`, `snat ip to 192.0.2.1`. */
function translationText(kind: string, value: unknown): string | undefined {
  const fields = value === null ? {} : only(value, ['family', 'addr', 'port', 'flags']);
  if (!fields) return undefined;
  const { family, addr, port, flags = [] } = fields;
  const to = addr === undefined ? '' : expressionText(addr);
  const ports = port === undefined ? '' : joined([':', expressionText(port)], '');
  const isBare = to !== undefined && !(ports && to.includes(':'));
  const target = joined([isBare ? to : `[${to}]`, ports], '');
  if (target === undefined) return undefined;
  const families = family === undefined ? [] : [word(family)];
  const named = [flags].flat().map(word).join(',');
  return [kind, ...families, ...(target === '' ? [] : ['to', target]), ...(named === '' ? [] : [named])].join(' ');
}

function logText(value: unknown): string | undefined {
  const fields = value === null ? {} : only(value, ['prefix', 'level', 'group']);
  if (!fields) return undefined;
  const { prefix, level, group } = fields;
  return [
    'log',
    ...(prefix === undefined ? [] : ['prefix', JSON.stringify(prefix)]),
    ...(level === undefined ? [] : ['level', word(level)]),
    ...(group === undefined ? [] : ['group', word(group)]),
  ].join(' ');
}

function limitText(value: unknown): string | undefined {
  const { rate, per, burst, inv } = only(value, ['rate', 'per', 'burst', 'inv']) ?? {};
  if (typeof rate !== 'number' || typeof per !== 'string') return undefined;
  return `limit rate ${inv === true ? 'over ' : ''}${rate}/${word(per)}${burst === undefined ? '' : ` burst ${burst} packets`}`;
}
