import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type IntervalSet, namedRange, parseAddress, parseCidr, setsOf } from '../../core/address';
import type { Diagnostic } from '../../core/diagnostics';
import type { ClusterModel } from '../../core/intent/model';
import { preservedSet } from '../../core/intent/preserved';
import { intentTreatment } from '../../core/treatment/intent';
import { runs } from '../random';
import { cidrArbitrary, intentArbitrary, loaded, modelOf } from './intents';
import type { Intent } from './naive';

const RUNS = { numRuns: runs(400) };

const ipv4Only = (cidrs: readonly string[]) => cidrs.filter(cidr => !cidr.includes(':'));

/** Autopilot takes IPv4 alone, and has no say over link-local. */
const sensible = intentArbitrary.map(
  (intent): Intent =>
    intent.platform !== 'gke-autopilot'
      ? intent
      : { ...intent, pods: ipv4Only(intent.pods), linkLocal: 'preserve', linkLocalIPv6: 'preserve' },
);

const facts = fc.record({ onPremisesCIDRs: fc.array(cidrArbitrary(4), { maxLength: 3 }) });

/** The addresses that pods keep their own towards, by the treatment map. */
function kept(model: ClusterModel, family: 4 | 6): IntervalSet {
  return intentTreatment(model).base[family].where(decision => decision.treatment.kind === 'preserve');
}

function cidrsOf(text: string): IntervalSet {
  const cidrs = (namedRange(text)?.cidrs ?? [text]).map(cidr => parseCidr(cidr));
  return setsOf(cidrs.flatMap(parsed => (parsed.ok ? [parsed.value] : [])))[4];
}

function named(found: Diagnostic, pattern: RegExp): string {
  return pattern.exec(found.message)?.[1] ?? expect.fail(`${found.message} names nothing`);
}

function holdsAddress(set: IntervalSet, text: string): boolean {
  const parsed = parseAddress(text);
  return parsed.ok && set.has(parsed.value);
}

describe('what an intent preserves in effect', () => {
  it('is what its treatment map preserves', () => {
    fc.assert(
      fc.property(sensible, intent => {
        const model = modelOf(intent);
        for (const family of model.network.ipv6 ? ([4, 6] as const) : ([4] as const)) {
          expect(preservedSet(model, model.masquerade!, family).equals(kept(model, family))).toBe(true);
        }
      }),
      RUNS,
    );
  });

  it('is what findings are about', () => {
    const seen = { MQ303: 0, MQ304: 0 };
    fc.assert(
      fc.property(sensible, facts, (intent, more) => {
        const { clusters, diagnostics } = loaded(intent, more);
        const ipv4 = kept(clusters[0]!, 4);
        for (const found of diagnostics.filter(d => d.message.includes('preserves pod addresses'))) {
          if (intent.pods.length > 1) continue;
          seen.MQ303++;
          const public4 = ipv4.intersect(cidrsOf('internet-ipv4'));
          expect(public4.overlaps(cidrsOf(named(found, /^"([^"]+)"/)))).toBe(true);
          if (found.severity !== 'warning') expect(public4.count()).toBeGreaterThan(2n ** 30n);
          else expect(public4.count()).toBeGreaterThanOrEqual(BigInt(named(found, / to (\d+) public/)));
        }
        for (const found of diagnostics.filter(d => d.code === 'MQ304' && !d.message.includes('RFC 4193'))) {
          seen.MQ304++;
          expect([found.message, holdsAddress(ipv4, named(found, /(?:from|towards) ([^ )]+)/))]).toEqual([
            found.message,
            true,
          ]);
        }
      }),
      RUNS,
    );
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(5);
  });
});
