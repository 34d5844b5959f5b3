import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FAMILIES, type Family, formatAddress } from '../../core/address';
import { type AgentFlags, chainFault, parseAgentFlags, portRangeFault } from '../../core/agentfile/flags';
import { readAgentFile } from '../../core/agentfile/read';
import { iptablesRuleset } from '../../core/dataplane/iptables-ruleset';
import { readIptablesSave, type SavedTable } from '../../core/dataplane/iptables-save';
import { chainRules, jumpRule } from '../../core/dataplane/iptables-text';
import { firstDeviation, kernelMap } from '../../core/dataplane/kernel-map';
import { leftovers } from '../../core/dataplane/leftover';
import { planRules } from '../../core/dataplane/plan';
import { comparePlan, decidingText, expectedText } from '../../core/dataplane/saved-plan';
import { SourceText } from '../../core/source';
import { type AgentConfig, agentTreatment } from '../../core/treatment/agentfile';

/**
 * The rules that the real ip-masq-agent wrote for a file and flags, against those that masq plans for them. The
 * recordings are shared between projects and not part of this repo; test/fixtures/dataplane has the facts that masq needs.
 */
const GOLDEN = join(__dirname, '../../../shared/golden');
const recorded = existsSync(GOLDEN);
if (!recorded) console.warn("SKIPPED: ../shared/golden is not there; the real agent's rules are not compared");

/** Valid input that the recording is not the rules of, and why. */
const APART: Readonly<Record<string, string>> = {
  '120-config-is-directory': 'the file is a folder: the agent wrote nothing',
  '124-no-NET_ADMIN': 'it had no right to write anything',
  '127-net-admin-only': 'it had no right to write anything',
  '134-restart-with-invalid-keeps-old-rules': 'the rules are those of the run before',
  '91-wrong-filename-config': 'the file has another name than the agent looks for',
  '97-chain-renamed-leaves-old': 'the chain of the run before is still there: see below',
  '72-invalid-after-good-then-rules-flushed': 'nobody healed the rules: masq does',
};

/** What the file was in the end where it changed while the agent ran; undefined: there was none. */
const IN_THE_END: Readonly<Record<string, string | undefined>> = {
  '70-file-deleted-while-running': undefined,
  '74-good-to-good': 'config.1',
};

interface Input {
  readonly config: AgentConfig;
  readonly flags: AgentFlags;
}

/** What a case's agent was given, if it is valid by masq's rules. */
function inputOf(name: string): Input | undefined {
  const args = (readIf(name, 'flags') ?? '').split(/\s+/).filter(arg => arg !== '');
  const { flags, faults } = parseAgentFlags(args);
  const ports = flags.toPorts?.split(',') ?? [];
  if (faults.length > 0 || chainFault(flags.chain) || ports.some(portRangeFault)) return undefined;
  const file = name in IN_THE_END ? IN_THE_END[name] : 'config';
  const text = file === undefined ? undefined : readIf(name, file);
  if (text === undefined) return { config: { masqLinkLocal: false, masqLinkLocalIPv6: false }, flags };
  const { config } = readAgentFile(new SourceText('config', text));
  return config && { config, flags };
}

function readIf(name: string, file: string): string | undefined {
  const path = join(GOLDEN, name, file);
  return existsSync(path) && statSync(path).isFile() ? readFileSync(path, 'utf8') : undefined;
}

function savedTable(name: string, family: Family): SavedTable {
  const read = readIptablesSave(readIf(name, family === 4 ? 'iptables.txt' : 'ip6tables.txt')!);
  if (!read.ok || !read.table) throw new Error(`${name} has no nat table`);
  return read.table;
}

const all = recorded
  ? readdirSync(GOLDEN, { withFileTypes: true })
      .filter(entry => entry.isDirectory())
      .map(entry => entry.name)
      .filter(name => readIf(name, 'iptables.txt') !== undefined)
  : [];
const cases = all
  .filter(name => !(name in APART))
  .flatMap(name => ((input = inputOf(name)) => (input ? [{ name, ...input }] : []))());

test('the recordings are there in CI', () => {
  if (process.env.CI) expect(recorded).toBe(true);
});

describe.skipIf(!recorded)('the real agent, rule by rule', () => {
  test.each(cases)('$name', ({ name, config, flags }) => {
    const plan = planRules(config, flags);
    const wanted = agentTreatment(config, flags);
    for (const family of FAMILIES) {
      const table = savedTable(name, family);
      const own = plan.families.find(one => one.family === family);
      expect(table.rules.get(flags.chain) ?? []).toEqual(own ? chainRules(own) : []);
      if (own) {
        expect(table.rules.get('POSTROUTING')).toContain(jumpRule(flags.chain));
        expect(comparePlan(table, plan, own)).toMatchObject({ chain: 'same', jumps: 1 });
      }
      const ruleset = iptablesRuleset(family, table);
      const found = firstDeviation(wanted.base[family], kernelMap(ruleset), flags.randomFully);
      if (name.startsWith('95-')) continue; // see below
      expect(found && `${formatAddress(found.address)} ${JSON.stringify(found.right)}`).toBeUndefined();
      if (own && table.rules.size === 5) expect(decidingText(table)).toBe(expectedText(plan, own));
    }
  });

  test('most of the recordings are compared', () => {
    expect(cases.length).toBeGreaterThan(36);
    expect(Object.keys(APART).filter(name => !all.includes(name))).toEqual([]);
  });

  test('97: the chain of an earlier run that still masquerades everything is named', () => {
    const table = savedTable('97-chain-renamed-leaves-old', 4);
    const { config, flags } = inputOf('97-chain-renamed-leaves-old')!;
    const [own] = planRules(config, flags).families;
    expect(comparePlan(table, planRules(config, flags), own!)).toEqual({
      chain: 'same',
      jumps: 1,
      others: ['-m addrtype ! --dst-type LOCAL -j IP-MASQ-AGENT'],
    });
    const map = kernelMap(iptablesRuleset(4, table));
    const found = firstDeviation(agentTreatment(config, flags).base[4], map, flags.randomFully);
    expect(found?.right).toMatchObject({ treatment: { kind: 'masquerade' }, rule: { text: '-j MASQUERADE' } });
    // Nothing says that it is an agent's, so it is not removed.
    expect(leftovers(table, 'IP-MASQ')).toEqual({ jumps: [], chains: [] });
  });

  test('95: a rule behind the jump that masquerades what the agent preserves is named', () => {
    const { config, flags } = inputOf('95-jump-order-vs-kube')!;
    const map = kernelMap(iptablesRuleset(4, savedTable('95-jump-order-vs-kube', 4)));
    const found = firstDeviation(agentTreatment(config, flags).base[4], map, flags.randomFully);
    expect(found && formatAddress(found.address)).toBe('10.1.0.0');
    expect(found?.right).toMatchObject({ rules: [{ text: '-s 10.0.0.0/8 -j MASQUERADE' }] });
  });
});
