import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cidr, type Family, formatAddress, IntervalSet, Partition } from '../core/address';
import { parseAgentFlags } from '../core/agentfile/flags';
import { readAgentFile } from '../core/agentfile/read';
import { SourceText } from '../core/source';
import { agentTreatment } from '../core/treatment/agentfile';

/**
 * What the real ip-masq-agent did with a file and flags, recorded rule by rule, against what masq says they denote.
 * The recordings are shared between projects and not part of this repo.
 */
const GOLDEN = join(__dirname, '../../shared/golden');
const recorded = existsSync(GOLDEN);
if (!recorded) console.warn("SKIPPED: ../shared/golden is not there; the real agent's recordings are not compared");

/** Cases whose file masq refuses although the agent took it, and why: the rows of TRAPS.md. */
const REFUSED: Readonly<Record<string, string>> = {
  '101-four-null-items': 'MQ211',
  '102-null-item-nomasq-all': 'MQ211',
  '42-resync-sexagesimal-1:00': 'MQ216',
  '36-resync-negative': 'MQ311',
  '37-resync-zero-string': 'MQ311',
  '47-ipv4-mapped-ipv6-noflag': 'MQ109',
  '51-typo-nonMasqueradeCIDR': 'MQ203',
  '52-typo-masqLinklocal-case': 'MQ203',
  '53-null-cidrs': 'MQ211',
  '56-list-with-null-item': 'MQ211',
  '75-yaml-multi-doc': 'MQ215',
  '90-anchors': 'MQ203',
};

/** Recordings that are not of one file and one run: they belong to the agent's own tests. */
const NOT_OF_A_FILE = ['134-restart-with-invalid-keeps-old-rules', '91-wrong-filename-config'];

/** What the saved rules of a chain do: the first rule that matches a destination decides, RETURN preserves. */
function saved(file: string, chain: string, family: Family): Partition<string> | undefined {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter(line => line.startsWith(`-A ${chain} `));
  if (lines.length === 0) return undefined;
  const layers = lines
    .filter(line => line.endsWith('-j RETURN'))
    .map(line => {
      const destination = / -d (\S+)/.exec(line)?.[1];
      const set = destination ? IntervalSet.ofCidr(cidr(destination)) : IntervalSet.full(family);
      return { set, value: 'preserve' };
    });
  return Partition.fromLayers(family, layers, 'masquerade');
}

const cases = recorded
  ? readdirSync(GOLDEN, { withFileTypes: true })
      .filter(entry => entry.isDirectory())
      .map(entry => entry.name)
      .filter(name => !NOT_OF_A_FILE.includes(name))
      .filter(name => !readdirSync(join(GOLDEN, name)).some(file => /^(cmd|config)\./.test(file)))
  : [];

describe.skipIf(!recorded)('the real agent, recorded', () => {
  test.each(cases)('%s', name => {
    const folder = join(GOLDEN, name);
    const args = existsSync(join(folder, 'flags'))
      ? readFileSync(join(folder, 'flags'), 'utf8').trim().split(/\s+/)
      : [];
    const { flags } = parseAgentFlags(args.filter(arg => arg !== ''));
    const path = join(folder, 'config');
    const text = existsSync(path) && !path.endsWith('/') ? readConfig(path) : undefined;
    const read =
      text === undefined ? { config: NO_FILE, diagnostics: [] } : readAgentFile(new SourceText('config', text));
    const errors = read.diagnostics.filter(d => d.severity === 'error').map(d => d.code);
    const rules = saved(join(folder, 'iptables.txt'), flags.chain, 4);
    if (!read.config) {
      // Refused: either the agent refused it too and wrote nothing, or it is one of the traps.
      if (rules) expect(errors).toContain(REFUSED[name]);
      else expect(errors).not.toEqual([]);
      return;
    }
    if (!rules) return; // refused by the agent for other reasons than the file: its flags, its rights
    const map = agentTreatment(read.config, flags);
    const kinds = map.base[4].map(decision => decision.treatment.kind as string);
    const difference = kinds.firstDifference(rules, (a, b) => a === b);
    expect(difference && formatAddress(difference.address)).toBeUndefined();
    const rules6 = saved(join(folder, 'ip6tables.txt'), flags.chain, 6);
    const kinds6 = map.base[6].map(decision => decision.treatment.kind as string);
    const difference6 = kinds6.firstDifference(rules6 ?? Partition.constant<string>(6, 'preserve'), (a, b) => a === b);
    expect(difference6 && formatAddress(difference6.address)).toBeUndefined();
  });

  test('every trap listed is among the recordings', () => {
    expect(Object.keys(REFUSED).filter(name => !cases.includes(name))).toEqual([]);
  });
});

const NO_FILE = { masqLinkLocal: false, masqLinkLocalIPv6: false };

function readConfig(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // a folder in the file's place
  }
}
