import { describe, expect, test } from 'vitest';
import * as index from '../../core/diagnostics';
import { isOfLint, RULE_CODES, RULES, type RuleCode } from '../../core/diagnostics';
import { EXPLANATIONS } from '../../core/diagnostics/explanations';
import { block, intent, prose } from '../../core/diagnostics/explanations/explanation';
import { loadIntents } from '../../core/intent/load';
import { parseSource } from '../../core/source';
import { NO_FACTS, TARGETS } from '../../core/target/facts';
import { renderTarget } from '../../core/target/render';
import { diagnose, diagnoseByLint, diagnoseImport, hasContent, isOfAnImport } from '../../tools/docs/diagnose';
import { intent as cluster, sandbox } from '../cli/sandbox';

/** Rules about bytes, about long files, about the disk and about masq itself: no short text can show them. */
const NO_TEXT: readonly RuleCode[] = ['MQ217', 'MQ219', 'MQ901', 'MQ902', 'MQ903', 'MQ904', 'MQ905', 'MQ906', 'MQ907'];

/** Rules about settings that only the clusters of a run can show. */
const OF_A_RUN: readonly RuleCode[] = ['MQ223', 'MQ224'];

/** Rules about what another data plane can be told. */
const OF_A_TARGET: readonly RuleCode[] = ['MQ415', 'MQ416'];

/** Rules about what is imported, which is checked for what an intent can say of it. */
const OF_AN_IMPORT: readonly RuleCode[] = RULE_CODES.filter(isOfAnImport);

test('every rule has an explanation, and no other code has', () => {
  expect(Object.keys(EXPLANATIONS).sort()).toEqual([...RULE_CODES].sort());
});

test('explanations are loaded only by those who ask for them', () => {
  expect(Object.keys(index)).not.toContain('EXPLANATIONS');
});

describe.each(RULE_CODES)('%s', code => {
  const { meaning, example, fix, source } = EXPLANATIONS[code];

  test('is explained in full sentences', () => {
    expect(meaning).toMatch(/^\S.{40,}[.]$/s);
    expect(fix).toMatch(/^\S.{9,}[.]$/s);
    expect(source.length).toBeGreaterThan(3);
    expect(meaning).not.toBe(RULES[code].title);
    for (const text of [meaning, fix, source]) {
      expect(text).not.toMatch(/\s{2,}|undefined|TODO|https?:|[–—“”]/);
    }
    expect(meaning.split(/(?<=[.!?])\s+(?=[A-Z])/).length).toBeLessThanOrEqual(6);
  });

  test('has an example that ends its last line', () => {
    expect(example).toMatch(/[^\n]\n$/);
    expect(example).not.toMatch(/[ \t]+$|undefined/m);
    expect(example.split('\n').length).toBeLessThanOrEqual(40);
  });
});

const SHOWN = RULE_CODES.filter(code => ![...NO_TEXT, ...OF_A_RUN, ...OF_A_TARGET, ...OF_AN_IMPORT].includes(code));

test.each(SHOWN)('%s is what masq says of its example', code => {
  const say = isOfLint(code) ? diagnoseByLint : diagnose;
  expect(say(EXPLANATIONS[code].example).map(d => d.code)).toContain(code);
});

test.each(OF_A_TARGET)('%s is what is said of its example when it is rendered as it says', code => {
  const { example } = EXPLANATIONS[code];
  const target = TARGETS.find(name => example.startsWith(`# masq synth --target ${name}\n`));
  const { clusters } = loadIntents(parseSource('example.yaml', example).documents);
  const { diagnostics } = renderTarget(target!, clusters[0]!, NO_FACTS);
  expect(diagnostics.map(found => found.code)).toContain(code);
});

describe('where .masq.yaml has it', () => {
  const box = sandbox();

  test.each(OF_A_RUN)('%s is what "masq synth" says of its example', code => {
    box.write('.masq.yaml', `intents: [staging.yaml]\n${EXPLANATIONS[code].example}`);
    box.write('staging.yaml', cluster('staging'));
    const { status, stdout } = box.masq('synth', '--format', 'json');
    expect(status).toBe(1);
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: readonly { code: string; file: string }[] };
    expect(diagnostics).toMatchObject([{ code, file: '.masq.yaml' }]);
  });
});

test.each(OF_AN_IMPORT)('%s is what an import says of its example', code => {
  expect(diagnoseImport(EXPLANATIONS[code].example).map(d => d.code)).toContain(code);
});

test.each(NO_TEXT)('%s says in words what no text shows', code => {
  expect(hasContent(EXPLANATIONS[code].example)).toBe(false);
});

/** An intent without a spec shows a wrong name; everything else that is wrong would distract from the rule. */
const ALONE = SHOWN.filter(code => EXPLANATIONS[code].example.includes('kind: ClusterIntent') && code !== 'MQ615');

test.each(ALONE)('%s has an intent with no error beside its own', code => {
  const others = diagnose(EXPLANATIONS[code].example).filter(d => d.severity === 'error' && d.code !== code);
  expect(others.map(d => `${d.code} ${d.message}`)).toEqual([]);
});

describe('what examples are made with', () => {
  test('prose joins lines', () => {
    expect(prose('\n  one\n    two  three\n')).toBe('one two three');
  });

  test('block keeps what is indented further, and empty lines', () => {
    expect(block('\n    a:\n\n      - 1\n  ')).toBe('a:\n\n  - 1\n');
  });

  test('an intent without a body is valid but for having nothing to render', () => {
    expect(diagnose(intent('kubernetes', '')).map(d => d.code)).toEqual(['MQ314']);
  });
});
