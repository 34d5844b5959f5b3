import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { address, FAMILIES, type Family, IntervalSet } from '../../core/address';
import { podSets } from '../../core/analysis/enforced';
import { explain } from '../../core/analysis/explain';
import { nodeTreatment } from '../../core/analysis/node-subject';
import { type InterfaceName, iptablesInterface } from '../../core/dataplane/interfaces';
import { readNode } from '../../core/dump/node-dump';
import type { Treatment } from '../../core/treatment/treatment';
import { type Answer, PROTOCOLS, type Question } from '../lab/host';
import { hasLab, Lab } from '../lab/lab';
import type { Node, Pod } from '../lab/machines';
import { anyNft } from './random-nft';
import { anySave, SCENES, type Scene } from './random-saves';

/** How many sets of rules there are of each kind and family; more of them by hand. */
const COUNT = Number(process.env.MASQ_RULESETS ?? 16);
const SEED = Number(process.env.MASQ_SEED ?? 20261122);

/** Who takes the rules, and how they are dumped. */
const KINDS = ['legacy', 'nft', 'native'] as const;
type Kind = (typeof KINDS)[number];

const OUTSIDE = ['203.0.113.0/24', '198.51.0.0/16', '10.1.0.0/16', '2001:db8::/32', 'fd00:10:1::/48'];

/** A set of rules, and what was seen of packets under it. */
interface Trial {
  readonly rules: string;
  /** By who printed them. */
  readonly dumps: Readonly<Record<string, string>>;
  readonly seen: readonly { readonly asked: Question; readonly answer: Answer }[];
}

describe.skipIf(!hasLab('iptables-legacy-restore', 'iptables-nft-restore', 'nft'))(
  `${COUNT} random sets of rules of each kind, of seed ${SEED}: what is said of packets is what an outside host sees`,
  () => {
    let lab: Lab;
    let node: Node;
    let pod: Pod;
    const told = new Map<string, number>();

    beforeAll(async () => {
      lab = await Lab.open();
      await lab.addOutside('outside', OUTSIDE);
      node = await lab.addNode();
      pod = await node.addPod();
      const [four, six] = [node.addresses[4], node.addresses[6]];
      lab.router.ip(`route add 198.18.0.0/15 via ${four} dev nodes`, `route add 2001:db9::/32 via ${six} dev nodes`);
    });
    afterAll(() => lab?.close());

    test.each(KINDS.flatMap(kind => FAMILIES.map(family => [kind, family] as const)))(
      '%s, IPv%s',
      async (kind, family) => {
        const scene = SCENES[family];
        const all: fc.Arbitrary<string> = kind === 'native' ? anyNft(scene) : anySave(scene);
        for (const rules of fc.sample(all, { numRuns: COUNT, seed: SEED })) {
          const trial = await tryOut(kind, scene, rules);
          for (const [by, dump] of Object.entries(trial.dumps)) {
            const wrong = contradictions(family, dump, trial);
            expect(wrong, `of what ${by} prints of\n${rules}\n\n${dump}`).toEqual([]);
          }
        }
      },
    );

    test('and enough is said to be contradicted', () => {
      const all = [...told.values()].reduce((sum, count) => sum + count, 0);
      console.info(`of ${all} packets: ${[...told].map(one => one.join(' ')).join(', ')}`);
      for (const kind of ['preserve', 'masquerade', 'snat']) expect(told.get(kind)).toBeGreaterThan(COUNT);
      expect(told.get('unknown by eth0')).toBeLessThan(told.get('unknown')!);
      expect(told.get('lost') ?? 0).toBeLessThan(all / 10);
    });

    async function tryOut(kind: Kind, { family, targets }: Scene, rules: string): Promise<Trial> {
      const tool = family === 4 ? 'iptables' : 'ip6tables';
      const tables = ['nat', 'mangle', 'raw', 'filter'].map(table => `*${table}\nCOMMIT\n`).join('');
      for (const one of ['iptables', 'ip6tables']) node.exec([`${one}-legacy-restore`], { input: tables });
      node.exec(['nft', 'flush', 'ruleset']);
      node.exec(kind === 'native' ? ['nft', '-f', '-'] : [`${tool}-${kind}-restore`], { input: rules });
      const listed = kind === 'legacy' ? '' : node.exec(['nft', '-j', 'list', 'ruleset']);
      const saved = kind === 'native' ? '' : node.exec([`${tool}-${kind}-save`]);
      const dumps = {
        ...(saved !== '' && { [`${tool}-save`]: saved }),
        ...(listed !== '' && { [`nft -j${saved && ` and ${tool}-save`}`]: saved + listed }),
      };
      const questions = targets.flatMap(to => PROTOCOLS.map(protocol => ({ to, protocol })));
      const answers = await pod.ask(questions);
      return { rules, dumps, seen: questions.map((asked, i) => ({ asked, answer: answers[i]! })) };
    }

    /** What is said of packets and was seen to be otherwise: where nobody says by what they leave, and where somebody does. */
    function contradictions(family: Family, dump: string, trial: Trial): string[] {
      const eth0 = [iptablesInterface('eth0')];
      return [undefined, eth0].flatMap(out => contradictionsBy(out, family, dump, trial));
    }

    /** What was lost may have been so by any rule, or on its way back. */
    function contradictionsBy(
      out: readonly InterfaceName[] | undefined,
      family: Family,
      dump: string,
      { seen }: Trial,
    ): string[] {
      const read = readNode([{ file: 'node', text: dump }], out);
      if (!read.ok) return [...read.faults];
      const map = nodeTreatment(read.rules, podSets(`${pod.addresses[family]}/${family === 4 ? 32 : 128}`));
      return seen.flatMap(({ asked, answer }) => {
        const to = address(asked.to);
        const [part] = explain(map, undefined, IntervalSet.fromRange(to, to));
        const { treatment, rule } = part!.decision;
        const kind = answer.fault !== undefined && treatment.kind !== 'unknown' ? 'lost' : treatment.kind;
        const count = out ? `${kind} by eth0` : kind;
        told.set(count, (told.get(count) ?? 0) + 1);
        if (answer.fault !== undefined || isAs(treatment, family, answer)) return [];
        return `${asked.protocol} to ${asked.to}: ${answer.seen.address}, and not ${JSON.stringify(treatment)} by ${rule}`;
      });
    }

    function isAs(
      treatment: Treatment,
      family: Family,
      { seen, own }: Answer & { readonly fault?: undefined },
    ): boolean {
      switch (treatment.kind) {
        case 'preserve':
          return seen.address === pod.addresses[family] && seen.port === own.port;
        case 'masquerade':
          return seen.address === node.addresses[family];
        case 'snat':
          return isWithin(seen.address, treatment.sourceIP);
        default:
          return true;
      }
    }
  },
);

/** Whether an address is another one, or within a range. */
function isWithin(text: string, range: string): boolean {
  const [first, last = first] = range.split('-').map(address);
  return IntervalSet.fromRange(first!, last!).has(address(text));
}
