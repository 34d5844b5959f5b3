import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatAddress, Partition } from '../core/address';
import { readAgentFile } from '../core/agentfile/read';
import { SourceText } from '../core/source';
import { agentTreatment } from '../core/treatment/agentfile';
import { recorded, recording, recordings, saved } from './recordings';

// What the real ip-masq-agent did with a file and flags, recorded rule by rule, against what masq says they denote.

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

describe.skipIf(!recorded)('the real agent, recorded', () => {
  test.each(recordings)('%s', name => {
    const { folder, flags, text } = recording(name);
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
    expect(Object.keys(REFUSED).filter(name => !recordings.includes(name))).toEqual([]);
  });
});

const NO_FILE = { masqLinkLocal: false, masqLinkLocalIPv6: false };
