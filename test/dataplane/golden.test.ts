import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAgentFlags } from '../../core/agentfile/flags';
import { readAgentFile } from '../../core/agentfile/read';
import { chainRules, jumpRule } from '../../core/dataplane/iptables-text';
import { planRules } from '../../core/dataplane/plan';
import { SourceText } from '../../core/source';

const GOLDEN = join(__dirname, '../../../shared/golden');
const cases = existsSync(GOLDEN) ? readdirSync(GOLDEN).filter(n => !n.includes('.')) : [];

describe('plans', () => {
  test.each(cases)('%s', name => {
    const folder = join(GOLDEN, name);
    const file = (n: string) => (existsSync(join(folder, n)) ? readFileSync(join(folder, n), 'utf8') : undefined);
    const { flags } = parseAgentFlags((file('flags') ?? '').trim().split(/\s+/).filter(Boolean));
    let text: string | undefined;
    try {
      text = file('config');
    } catch {
      return;
    }
    const read =
      text === undefined
        ? { config: { masqLinkLocal: false, masqLinkLocalIPv6: false }, diagnostics: [] }
        : readAgentFile(new SourceText('c', text));
    if (!read.config) {
      console.log(
        name,
        'refused',
        read.diagnostics
          .map(d => d.code + d.message)
          .join('|')
          .slice(0, 150),
      );
      return;
    }
    const plan = planRules(read.config, flags);
    for (const f of plan.families) {
      const lines = (file(f.family === 4 ? 'iptables.txt' : 'ip6tables.txt') ?? '')
        .split('\n')
        .filter(l => l.startsWith('-A'));
      const wanted = [`-A POSTROUTING ${jumpRule(plan.chain)}`, ...chainRules(f).map(r => `-A ${plan.chain} ${r}`)];
      expect(lines.filter(l => l.includes(plan.chain))).toEqual(wanted);
    }
  });
});
