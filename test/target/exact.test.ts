import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cidr } from '../../core/address';
import type { ClusterModel } from '../../core/intent/model';
import { NO_FACTS, TARGETS, type TargetFacts, type TargetName } from '../../core/target/facts';
import { renderTarget } from '../../core/target/render';
import { cidrArbitrary, cidrsOf, intentArbitrary, modelOf } from '../core/intents';
import { edges, type Family, holds, type Intent, keeps } from '../core/naive';
import { runs } from '../random';
import { planeOf, type Surroundings } from './planes';

/** A cluster, and the VPC that it is in. */
interface Case {
  readonly intent: Intent;
  readonly vpc: readonly string[];
}

const cases: fc.Arbitrary<Case> = fc.record({
  intent: intentArbitrary.map(intent => ({ ...intent, platform: 'kubernetes' as const })),
  vpc: fc.oneof(
    fc.constantFrom(['192.168.1.0/24'], ['10.244.0.0/16'], ['10.0.0.0/8']),
    fc.array(cidrArbitrary(4), { minLength: 1, maxLength: 2 }),
  ),
});

/** Cases in which nothing is masqueraded, or nearly so. */
const kept: fc.Arbitrary<Case> = cases.chain(({ intent, vpc }) =>
  fc.subarray(['10.96.0.0/12', '203.0.113.0/24', '169.254.169.254/32'], { maxLength: 1 }).map(out => ({
    intent: {
      ...intent,
      preserve: [{ cidr: '0.0.0.0/0', except: out }, { cidr: '::/0' }],
      always: [],
      linkLocal: 'preserve' as const,
      linkLocalIPv6: 'preserve' as const,
    },
    vpc,
  })),
);

const all = fc.oneof({ weight: 2, arbitrary: cases }, { weight: 1, arbitrary: kept });

function factsOf({ intent, vpc }: Case): TargetFacts {
  const pools = intent.pods.map((range, i) => ({ name: `pool-${i}`, cidr: cidr(range) }));
  return { ...NO_FACTS, vpc: vpc.map(range => ({ cidr: cidr(range) })), pools };
}

/** Every address at which an answer could change, and some more. */
function probes(family: Family, { intent, vpc }: Case): bigint[] {
  return edges(family, [...cidrsOf(intent), ...vpc]);
}

const hasIPv6 = ({ pods }: Intent): boolean => pods.some(range => range.includes(':'));

/** What of a family is masqueraded, by the intent alone. */
function masqueraded(family: Family, one: Case): bigint[] {
  return probes(family, one).filter(value => !keeps(one.intent, family, value));
}

const isLocal = (family: Family) => (value: bigint) =>
  holds([family === 4 ? '169.254.0.0/16' : 'fe80::/10'], family, value);

/** Whether a target can say what the intent does, found out at each address where anything changes. */
const EXPRESSIBLE: Readonly<Record<TargetName, (one: Case) => boolean>> = {
  cilium: ({ intent }) => ports(intent) === 0,
  calico: one =>
    ports(one.intent) < 2 &&
    ([4, 6] as const).every(family => {
      const out = masqueraded(family, one);
      const local = probes(family, one).filter(isLocal(family));
      return out.length === 0 || local.every(value => out.includes(value));
    }),
  aws: one => {
    if (ports(one.intent) > 0 || hasIPv6(one.intent)) return false;
    return masqueraded(4, one).every(value => !holds(one.vpc, 4, value));
  },
  azure: one => {
    if (ports(one.intent) > 0 || masqueraded(6, one).length > 0) return false;
    return masqueraded(4, one).every(value => !holds(one.vpc, 4, value));
  },
  antrea: one => masqueraded(4, one).length + masqueraded(6, one).length === 0,
};

/** How many ranges of source ports the intent names. */
function ports({ agent }: Intent): number {
  return ((agent?.toPorts as string[] | undefined) ?? []).length;
}

/** Everything that may be so around a data plane without its configuration saying it. */
function surroundings({ intent, vpc }: Case): Surroundings[] {
  const { nodes, pods, services } = intent;
  return [true, false].map(either => ({ nodes, pods, services, vpc, native: either, aksMasqLinkLocal: either }));
}

function tooLong(name: TargetName, model: ClusterModel, one: Case): boolean {
  const { diagnostics } = renderTarget(name, model, factsOf(one));
  return diagnostics.length === 1 && / takes \d+ CIDRs, and /.test(diagnostics[0]!.message);
}

describe.each(TARGETS)('for %s', name => {
  test('files do to every packet what the intent says', () => {
    let rendered = 0;
    fc.assert(
      fc.property(all, one => {
        const model = modelOf(one.intent);
        const { files } = renderTarget(name, model, factsOf(one));
        if (files.size === 0) return;
        rendered++;
        const plane = planeOf(name, files);
        const { toPorts } = model.agent;
        for (const around of surroundings(one)) {
          for (const family of [4, 6] as const) {
            for (const to of probes(family, one)) {
              const said = plane(around, { family, to, namespace: {}, labels: {} });
              const wanted = keeps(one.intent, family, to)
                ? 'keep'
                : toPorts === undefined
                  ? 'masq'
                  : `masq ${toPorts}`;
              expect(said, `${family} ${to}`).toBe(wanted);
            }
          }
        }
      }),
      { numRuns: runs(100) },
    );
    expect(rendered).toBeGreaterThan(0);
  });

  test('what is refused is what cannot be said, and nothing else', () => {
    fc.assert(
      fc.property(all, one => {
        const model = modelOf(one.intent);
        const { files, diagnostics } = renderTarget(name, model, factsOf(one));
        if (tooLong(name, model, one)) return;
        expect(files.size > 0, diagnostics.map(found => found.message).join('\n')).toBe(EXPRESSIBLE[name](one));
        expect(diagnostics.every(({ code, severity }) => /^MQ41[56]$/.test(code) && severity === 'error')).toBe(true);
        expect(diagnostics.length > 0).toBe(files.size === 0);
      }),
      { numRuns: runs(150) },
    );
  });
});
