import { RULE_CODES, RULES, type RuleCode } from './rules';
import { orList, suggest } from './suggest';

/** The rule that a word names, by its code or its name in any case; undefined when there is none. */
export function findRule(word: string): RuleCode | undefined {
  return RULE_CODES.find(code => code === word.toUpperCase() || RULES[code].name === word.toLowerCase());
}

/** More suggestions than these are no help. */
const MANY = 5;

/** What is said of a word that names no rule. */
export function noRule(word: string): string {
  const near = meant(word);
  const advice =
    near.length > 0 ? `did you mean ${orList(near.map(name => `"${name}"`))}?` : 'run "masq rules" for the list';
  return `"${word}" is no rule; ${advice}`;
}

/** The rules that a word may have been meant for: the one that is spelt nearly so, or those with the word in their name. */
function meant(word: string): readonly string[] {
  const names = RULE_CODES.map(code => RULES[code].name);
  const near = suggest(word, [...RULE_CODES, ...names]);
  if (near !== undefined) return [near];
  const within = names.filter(name => name.includes(word.toLowerCase()));
  return within.length > MANY ? [] : within;
}
