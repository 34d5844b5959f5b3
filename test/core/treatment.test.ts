import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAgentFlags } from '../../core/agentfile/flags';
import { parseMasqAgentOptions } from '../../core/agentfile/options';
import { readAgentFile } from '../../core/agentfile/read';
import { writeAgentFile } from '../../core/agentfile/write';
import { type Plan, planCluster } from '../../core/artefact/plan';
import { SourceText } from '../../core/source';
import { agentTreatment } from '../../core/treatment/agentfile';
import { intentTreatment } from '../../core/treatment/intent';
import { firstDifference, type TreatmentMap } from '../../core/treatment/map';
import { runs } from '../random';
import { cidrsOf, intentArbitrary, modelOf } from './intents';
import { agentKeeps, edges, type Family, type Intent, keeps, TOP, textOf } from './naive';

const RUNS = { numRuns: runs(250) };
const FAMILIES: readonly Family[] = [4, 6];
const agentIntent = intentArbitrary.filter(intent => intent.platform !== 'gke-autopilot');
const autopilotIntent = intentArbitrary
  .filter(intent => intent.platform === 'gke-autopilot')
  .map((intent): Intent => {
    const ipv4 = (cidrs: readonly string[]) => cidrs.filter(cidr => !cidr.includes(':'));
    return {
      ...intent,
      linkLocal: 'preserve',
      linkLocalIPv6: 'preserve',
      pods: ipv4(intent.pods),
      always: ipv4(intent.always),
      preserve: intent.preserve.filter(rule => !rule.cidr.includes(':')),
    };
  });

function kept(map: TreatmentMap, family: Family, value: bigint): boolean {
  const size = family === 4 ? 1 : 4;
  const words = Uint32Array.from({ length: size }, (_, w) =>
    Number((value >> BigInt(32 * (size - 1 - w))) & 0xffffffffn),
  );
  return map.base[family].at({ family, words }).treatment.kind === 'preserve';
}

function agentMap({ file, daemonSet }: NonNullable<Plan['agent']>, ipv6: boolean): TreatmentMap {
  const { config, diagnostics } = readAgentFile(new SourceText('config', writeAgentFile(file)));
  expect(diagnostics.filter(found => found.severity === 'error')).toEqual([]);
  const parse = daemonSet?.flavor === 'masq' ? parseMasqAgentOptions : parseAgentFlags;
  const { flags, faults } = parse(daemonSet?.args ?? (ipv6 ? ['--enable-ipv6'] : []));
  expect(faults).toEqual([]);
  return agentTreatment(config!, flags);
}

describe('an intent and the agent file made of it', () => {
  it('denote the same map, which is the one that the words mean', () => {
    fc.assert(
      fc.property(agentIntent, fc.array(fc.bigInt({ min: 0n, max: TOP[6] }), { maxLength: 20 }), (intent, random) => {
        const model = modelOf(intent);
        const map = intentTreatment(model);
        const plan = planCluster(model).agent!;
        const written = agentMap(plan, model.network.ipv6);
        expect(firstDifference(map, written)).toBeUndefined();
        const list = plan.file.nonMasqueradeCIDRs.map(entry => entry.cidr);
        const local = { 4: plan.file.masqLinkLocal, 6: plan.file.masqLinkLocalIPv6 };
        for (const family of FAMILIES) {
          for (const value of [
            ...edges(family, [...cidrsOf(intent), ...list]),
            ...random.map(n => n % (TOP[family] + 1n)),
          ]) {
            const wanted = keeps(intent, family, value);
            const place = textOf(family, value);
            expect([place, kept(map, family, value)]).toEqual([place, wanted]);
            expect([place, kept(written, family, value)]).toEqual([place, wanted]);
            expect([place, agentKeeps(list, local, model.network.ipv6, family, value)]).toEqual([place, wanted]);
          }
        }
      }),
      RUNS,
    );
  });

  it('lists nothing that could be left out', () => {
    fc.assert(
      fc.property(agentIntent, intent => {
        const model = modelOf(intent);
        const plan = planCluster(model).agent!;
        const whole = agentMap(plan, model.network.ipv6);
        const list = plan.file.nonMasqueradeCIDRs;
        list.forEach((_, i) => {
          const file = { ...plan.file, nonMasqueradeCIDRs: list.filter((__, j) => j !== i) };
          expect(firstDifference(whole, agentMap({ ...plan, file }, model.network.ipv6))).toBeDefined();
        });
      }),
      { numRuns: runs(60) },
    );
  });
});

describe('an Autopilot intent and its policies', () => {
  it('denote the map that the words mean, whether Google adds or replaces', () => {
    fc.assert(
      fc.property(autopilotIntent, intent => {
        const model = modelOf(intent);
        const map = intentTreatment(model);
        const [policy, ...more] = planCluster(model).noSnat;
        expect(more).toEqual([]);
        expect(policy!.name).toBe(intent.defaultPolicy === 'replace' ? 'default' : 'masq');
        const own = [...intent.nodes, ...intent.pods, ...intent.services];
        for (const value of edges(4, [...cidrsOf(intent), ...policy!.destinations])) {
          const wanted = keeps(intent, 4, value);
          const place = textOf(4, value);
          expect([place, kept(map, 4, value)]).toEqual([place, wanted]);
          const alone = agentKeeps([...policy!.destinations, ...own], { 4: false, 6: false }, false, 4, value);
          expect([place, alone]).toEqual([place, wanted]);
        }
      }),
      RUNS,
    );
  });
});

/** The length of the shortest list that keeps what must be kept, and may keep what is kept in any case. */
function shortest(
  first: number,
  last: number,
  must: (value: number) => boolean,
  may: (value: number) => boolean,
): number {
  const values = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  if (!values.some(must)) return 0;
  if (values.every(may)) return 1;
  const middle = (first + last + 1) / 2;
  return shortest(first, middle - 1, must, may) + shortest(middle, last, must, may);
}

describe('the list', () => {
  const tiny = fc.array(
    fc.tuple(fc.nat({ max: 31 }), fc.integer({ min: 27, max: 32 })).map(([value, prefix]) => {
      const size = 2 ** (32 - prefix);
      return `203.0.113.${Math.floor(value / size) * size}/${prefix}`;
    }),
    { maxLength: 5 },
  );

  it('is the shortest there is, in a space so small that all can be tried', () => {
    fc.assert(
      fc.property(tiny, tiny, tiny, (cidrs, except, always) => {
        const preserve = cidrs.map((cidr, i) => ({ cidr, except: i === 0 ? except : [] }));
        const intent: Intent = { ...PLAIN, preserve, always };
        const list = planCluster(modelOf(intent)).agent!.file.nonMasqueradeCIDRs.map(entry => entry.cidr);
        const base = 203n * 2n ** 24n + 113n * 256n;
        const must = (value: number) => keeps(intent, 4, base + BigInt(value));
        const inside = list.filter(cidr => cidr.startsWith('203.0.113.'));
        expect(inside).toHaveLength(shortest(0, 31, must, must));
        expect(list.length - inside.length).toBe(2);
      }),
      RUNS,
    );
  });

  it('takes link-local in only where that makes it shorter', () => {
    const around = fc.uniqueArray(
      fc.constantFrom(
        ...['168.0.0.0/8', '169.0.0.0/8', '169.0.0.0/9', '169.128.0.0/9', '169.192.0.0/10', '169.240.0.0/12'],
        ...['169.252.0.0/15', '169.253.0.0/16', '169.254.0.0/17', '169.254.0.0/16', '169.255.0.0/16', '168.0.0.0/7'],
      ),
    );
    fc.assert(
      fc.property(around, around, (cidrs, except) => {
        const intent: Intent = {
          ...PLAIN,
          preserve: cidrs.map((cidr, i) => ({ cidr, except: i === 0 ? except : [] })),
        };
        const list = planCluster(modelOf(intent)).agent!.file.nonMasqueradeCIDRs.map(entry => entry.cidr);
        // In steps of /16, which every block here is made of.
        const may = (value: number) => keeps(intent, 4, BigInt(value) * 65536n + 1n);
        const must = (value: number) => value !== 169 * 256 + 254 && may(value);
        expect(list).toHaveLength(2 + shortest(168 * 256, 169 * 256 + 255, must, may));
      }),
      RUNS,
    );
  });
});

const PLAIN: Intent = {
  platform: 'kubernetes',
  nodes: ['192.168.1.0/24'],
  pods: ['10.244.0.0/16'],
  services: [],
  preserve: [],
  always: [],
  linkLocal: 'preserve',
  linkLocalIPv6: 'preserve',
  defaultPolicy: 'replace',
};
