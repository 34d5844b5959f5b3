import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { both, cidr, FAMILIES, formatAddress, Partition, setsOf } from '../../core/address';
import { readAgentFile } from '../../core/agentfile/read';
import { writeAgentFile } from '../../core/agentfile/write';
import { planCluster } from '../../core/artefact/plan';
import { type ImportOptions, importIntent } from '../../core/import/import';
import { intentText } from '../../core/import/write';
import { loadIntents } from '../../core/intent/load';
import { parseSource, SourceText } from '../../core/source';
import { agentTreatment } from '../../core/treatment/agentfile';
import { recorded, recording, recordings, saved } from '../recordings';
import { importNeeded } from './needed';

/** A cluster's own ranges, which what masq renders preserves even where the recorded agent did not. */
const OWN = { nodeCIDRs: ['10.1.2.0/24'], podCIDRs: ['10.1.3.0/24', 'fd00:10:1::/64'] };

/** Recordings of what no file of an agent is: their file is refused, or the agent is not told what to do. */
describe.runIf(recorded)("what the real agent did with a file, and what is rendered of the file's import", () => {
  let imported = 0;

  test.each(recordings)('%s', name => {
    const { folder, flags, text } = recording(name);
    const rules = both(family =>
      saved(join(folder, family === 4 ? 'iptables.txt' : 'ip6tables.txt'), flags.chain, family),
    );
    if (text === undefined || !rules[4]) return;
    const podCIDRs = flags.enableIPv6 ? OWN.podCIDRs : OWN.podCIDRs.slice(0, 1);
    const facts: ImportOptions = {
      ...OWN,
      podCIDRs,
      platform: 'kubernetes',
      internetRoute: 'cloud-nat',
      preserveCluster: true,
      flags,
    };
    const { intent } = importNeeded(facts, options => importIntent([{ file: 'config', text }], options));
    if (!intent) return;
    imported++;
    const { documents } = parseSource('intent.yaml', intentText(intent.name, intent.spec, 'yaml', 'a test'));
    const { agent } = planCluster(loadIntents(documents).clusters[0]!);
    const { config } = readAgentFile(new SourceText('config', writeAgentFile(agent!.file)));
    const map = agentTreatment(config!, flags);
    const own = setsOf([...OWN.nodeCIDRs, ...podCIDRs].map(cidr));
    for (const family of FAMILIES) {
      const theirs = rules[family] ?? Partition.constant(family, 'preserve');
      const wanted = Partition.fromLayers<string | undefined>(
        family,
        [{ set: own[family], value: 'preserve' }],
        undefined,
      );
      const difference = map.base[family]
        .map(decision => decision.treatment.kind as string)
        .firstDifference(
          wanted.zip(theirs, (a, b) => a ?? b),
          (a, b) => a === b,
        );
      expect(difference && formatAddress(difference.address)).toBeUndefined();
    }
  });

  test('most of the files are imported', () => {
    expect(imported).toBeGreaterThan(25);
  });
});
