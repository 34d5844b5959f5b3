import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatAddress } from '../../core/address';
import { parseAgentFlags } from '../../core/agentfile/flags';
import { readAgentFile } from '../../core/agentfile/read';
import { iptablesRuleset, readIptablesSave } from '../../core/dataplane/iptables-save';
import { kernelMap } from '../../core/dataplane/kernel-map';
import { SourceText } from '../../core/source';
import { agentTreatment } from '../../core/treatment/agentfile';
import { sameTreatment } from '../../core/treatment/treatment';

const GOLDEN = join(__dirname, '../../../shared/golden');
const cases = existsSync(GOLDEN) ? readdirSync(GOLDEN).filter(n => !n.includes('.')) : [];

describe('kernel', () => {
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
    if (!read.config) return;
    const want = agentTreatment(read.config, flags);
    for (const f of [4, 6] as const) {
      const dump = readIptablesSave(file(f === 4 ? 'iptables.txt' : 'ip6tables.txt') ?? '');
      if (!dump.ok || !dump.table) throw new Error('dump');
      const map = kernelMap(iptablesRuleset(f, dump.table));
      const diff = want.base[f].firstDifference(
        map,
        (a, b) => b.treatment !== undefined && sameTreatment(a.treatment, b.treatment),
      );
      expect(diff && `${formatAddress(diff.address)} ${JSON.stringify(diff.left)} ${JSON.stringify(diff.right)}`).toBe(
        undefined,
      );
    }
  });
});
