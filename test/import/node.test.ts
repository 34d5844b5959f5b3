import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { both, cidr, FAMILIES, formatAddress, Partition, setsOf } from '../../core/address';
import { readNode } from '../../core/dump/node-dump';
import type { ImportOptions } from '../../core/import/import';
import { importNode } from '../../core/import/import';
import { intentText } from '../../core/import/write';
import { loadIntents } from '../../core/intent/load';
import { parseSource } from '../../core/source';
import { intentTreatment } from '../../core/treatment/intent';
import { recorded, recording, recordings, saved } from '../recordings';
import { importNeeded } from './needed';

const FACTS: ImportOptions = { platform: 'kubernetes', nodeCIDRs: ['10.1.2.0/24'], podCIDRs: ['10.1.3.0/24'] };

function imported(lines: readonly string[], facts: ImportOptions = FACTS) {
  const text = ['*nat', ':POSTROUTING ACCEPT [0:0]', ...lines, 'COMMIT', ''].join('\n');
  const read = readNode([{ file: 'node.save', text }]);
  if (!read.ok) throw new Error(read.faults.join('\n'));
  return importNode(read.rules, 'node.save', facts);
}

const AGENT = [
  ':IP-MASQ-AGENT - [0:0]',
  '-A POSTROUTING -m addrtype ! --dst-type LOCAL -j IP-MASQ-AGENT',
  '-A IP-MASQ-AGENT -d 169.254.0.0/16 -j RETURN',
  '-A IP-MASQ-AGENT -d 10.0.0.0/8 -j RETURN',
  '-A IP-MASQ-AGENT -d 192.168.0.0/16 -j RETURN',
  '-A IP-MASQ-AGENT -j MASQUERADE --random-fully',
];

describe("a node's rules become an intent", () => {
  test('that preserves what they preserve', () => {
    const { intent, missing, diagnostics } = imported(AGENT);
    expect([missing, diagnostics]).toEqual([[], []]);
    expect(intent!.spec.masquerade).toEqual({ preserve: ['10.0.0.0/8', '192.168.0.0/16'] });
    expect(intent!.spec.agent).toBeUndefined();
  });

  test('on a platform whose agent runs otherwise, with what differs from that', () => {
    const gke = { ...FACTS, platform: 'gke-standard' as const };
    expect(imported(AGENT, gke).intent!.spec.agent).toEqual({ randomFully: true });
    const plain = AGENT.map(line => line.replace(' --random-fully', '').replace('IP-MASQ-AGENT', 'IP-MASQ'));
    expect(imported(plain, gke).intent!.spec.agent).toBeUndefined();
    expect(imported(plain).intent!.spec.agent).toEqual({ chain: 'IP-MASQ', randomFully: false });
  });

  test('with IPv6, which is asked for where rules of it masquerade', () => {
    const text = (lines: readonly string[]) => ['*nat', ':POSTROUTING ACCEPT [0:0]', ...lines, 'COMMIT', ''].join('\n');
    const agent6 = AGENT.map(line =>
      line
        .replace('169.254.0.0/16', 'fe80::/10')
        .replace('10.0.0.0/8', 'fc00::/7')
        .replace('192.168.0.0/16', '::1/128'),
    );
    const docker6 = ['-A POSTROUTING -s fd00:d0c::/64 ! -o docker0 -j MASQUERADE'];
    const asked = [agent6, docker6].map(lines => {
      const read = readNode([
        { file: 'v4.save', text: text(AGENT) },
        { file: 'v6.save', text: text(lines) },
      ]);
      if (!read.ok) throw new Error(read.faults.join('\n'));
      return importNode(read.rules, 'node', FACTS).missing;
    });
    expect(asked).toEqual([["give --pod-cidr with the pods' IPv6 range too: what is imported masquerades IPv6"], []]);
  });

  test('with the source ports that they masquerade with', () => {
    const ports = '-A POSTROUTING -p tcp ! -d 10.0.0.0/8 -j MASQUERADE --to-ports 1024-2047';
    const others = '-A POSTROUTING ! -d 10.0.0.0/8 -j MASQUERADE';
    const protocols = ['tcp', 'udp', 'sctp'].map(protocol => ports.replace('tcp', protocol));
    const { intent, diagnostics } = imported([...protocols, others]);
    expect(diagnostics).toEqual([]);
    expect(intent?.spec.agent).toEqual({ randomFully: false, toPorts: ['1024-2047'] });
  });

  test('that is about packets of pods, not of containers on the node', () => {
    const docker = '-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE';
    expect(imported([docker, ...AGENT]).intent).toEqual(imported(AGENT).intent);
  });

  test('or say what of the facts is missing', () => {
    expect(imported(AGENT, {}).missing.map(line => line.split(':')[0])).toEqual([
      'give --platform',
      'give --node-cidr',
      'give --pod-cidr',
    ]);
  });
});

describe('what an intent cannot say is refused at the rule', () => {
  test.each([
    ['-A POSTROUTING ! -d 10.0.0.0/8 -j SNAT --to-source 192.0.2.7', /leave with 192\.0\.2\.7, whichever pod/],
    ['-A POSTROUTING -m set --match-set some dst -j MASQUERADE', /cannot be told/],
    ['-A POSTROUTING -s 10.1.3.0/25 ! -d 10.0.0.0/8 -j MASQUERADE', /cannot be told/],
  ])('%s', (line, message) => {
    const { intent, diagnostics } = imported([line]);
    expect(intent).toBeUndefined();
    expect(diagnostics.map(({ code, range }) => [code, range?.start.line])).toEqual([['MQ803', 3]]);
    expect(diagnostics[0]!.message).toMatch(message);
  });

  test('a family that is in no dump, when pods have addresses of it', () => {
    const { intent, diagnostics } = imported(AGENT, { ...FACTS, podCIDRs: ['10.1.3.0/24', 'fd00:1::/64'] });
    expect(intent).toBeUndefined();
    expect(diagnostics.map(({ message }) => message)).toEqual([
      'packets to ::/0 are in no dump: import it together with the dump of the other family',
    ]);
  });
});

/** Rules that the real agent wrote, each beside a reading of them that is made for tests alone. */
describe.runIf(recorded)('the rules of the real agent become an intent that denotes them', () => {
  let count = 0;

  test.each(recordings)('%s', name => {
    const { folder, flags } = recording(name);
    const files = both(family => join(folder, family === 4 ? 'iptables.txt' : 'ip6tables.txt'));
    const rules = both(family => saved(files[family], flags.chain, family));
    // There, rules of two chains decide, and the reading for tests is of one.
    if (name === '97-chain-renamed-leaves-old' || !rules[4] || !flags.enableIPv6 !== !rules[6]) return;
    const inputs = FAMILIES.filter(family => rules[family]).map(family => ({
      file: files[family],
      text: readFileSync(files[family], 'utf8'),
    }));
    const read = readNode(inputs);
    expect(read.ok).toBe(true);
    if (!read.ok) return;
    const podCIDRs = ['10.1.3.0/24', ...(rules[6] ? ['fd00:10:1::/64'] : [])];
    const facts: ImportOptions = { ...FACTS, podCIDRs, internetRoute: 'cloud-nat', preserveCluster: true };
    const { intent, diagnostics } = importNeeded(facts, options => importNode(read.rules, name, options));
    if (!intent) {
      expect(diagnostics.some(({ severity }) => severity === 'error')).toBe(true);
      return;
    }
    count++;
    const { documents } = parseSource('intent.yaml', intentText(intent.name, intent.spec, 'yaml', 'a test'));
    const map = intentTreatment(loadIntents(documents).clusters[0]!);
    const own = setsOf([...FACTS.nodeCIDRs!, ...podCIDRs].map(cidr));
    for (const family of FAMILIES) {
      const theirs = rules[family] ?? Partition.constant(family, 'preserve');
      const layers = [{ set: own[family], value: 'preserve' }];
      const wanted = Partition.fromLayers<string | undefined>(family, layers, undefined).zip(theirs, (a, b) => a ?? b);
      const difference = map.base[family]
        .map(decision => decision.treatment.kind as string)
        .firstDifference(wanted, (a, b) => a === b);
      expect(difference && formatAddress(difference.address)).toBeUndefined();
    }
  });

  test('most of them do', () => {
    expect(count).toBeGreaterThan(25);
  });
});
