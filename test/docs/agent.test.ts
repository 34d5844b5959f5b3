import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { VERDICTS } from '../../agent/metrics';
import { parseOptions } from '../../agent/options';
import { TIMEOUT } from '../../agent/tool';
import { readAgentFile } from '../../core/agentfile/read';
import { SourceText } from '../../core/source/text';
import { STATE } from '../monitoring/sample-state';
import { fences, ROOT, read } from './documents';

const PAGE = 'docs/agent.md';
const text = read(PAGE);

/** The cells of a section's tables in which code stands first, without their marks. */
function firstCells(section: string): string[] {
  const [, body = ''] = text.split(`\n## ${section}\n`);
  const rows = (body.split('\n## ')[0] ?? '').match(/^\| `.*$/gm) ?? [];
  return rows.flatMap(row => [...row.split(' | ')[0]!.matchAll(/`([^`]+)`/g)].map(match => match[1]!));
}

describe(PAGE, () => {
  test('has every event of the log, and no other', () => {
    const sources = readdirSync(join(ROOT, 'agent'))
      .filter(name => name.endsWith('.ts'))
      .map(name => readFileSync(join(ROOT, 'agent', name), 'utf8'));
    const events = sources.flatMap(source => [...source.matchAll(/\bevent: '([\w-]+)'/g)].map(match => match[1]!));
    // An event of the name of what the proof came to.
    expect(sources.join('\n')).toContain('event: proof.kind');
    expect(firstCells('Log').sort()).toEqual([...new Set([...events, 'contradicted', 'unproven'])].sort());
  });

  test('has every field of the state, and no other', () => {
    const { config, counts, ...top } = STATE;
    const below = (name: string, fields: object): string[] => Object.keys(fields).map(key => `${name}.${key}`);
    const fields = [...Object.keys(top), ...below('config', config), ...below('counts', counts)];
    // The sources of a configuration stand in a second cell.
    expect(firstCells('State').sort()).toEqual(fields.sort());
  });

  test('says how long a tool may take, which no option changes', () => {
    expect(text).toContain(`A run of iptables or nft has ${TIMEOUT / 1000} seconds`);
    expect(text).toContain(`"did not end within ${TIMEOUT / 1000} s"`);
  });

  test('has every verdict', () => {
    expect(firstCells('Verdicts')).toEqual(VERDICTS);
  });

  test('shows a file that is valid, with every key', () => {
    const [yaml] = fences(text).filter(({ language }) => language === 'yaml');
    const { config, diagnostics } = readAgentFile(new SourceText('config', yaml!.text));
    expect(diagnostics.filter(({ severity }) => severity !== 'note')).toEqual([]);
    expect(Object.keys(config!).sort()).toEqual([
      'cidrLimit',
      'masqLinkLocal',
      'masqLinkLocalIPv6',
      'nonMasqueradeCIDRs',
      'resyncInterval',
    ]);
  });

  const calls = fences(text)
    .filter(({ language }) => language === 'sh')
    .flatMap(fence => fence.text.trim().split('\n'))
    .map(line => /^(?:.*[\s/])?masq-agent (.*)$/.exec(line)?.[1]?.replace(/ (?:#|<) .*$/, ''));

  test.each(calls)('its call "masq-agent %s" is right', call => {
    expect(call).toBeDefined();
    expect(parseOptions(call!.split(' '))).toMatchObject({ ok: true });
  });
});
