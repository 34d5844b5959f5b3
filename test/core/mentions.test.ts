import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkFiles } from '../../core/check/check';
import { mayConcern } from '../../core/check/mentions';
import { runs } from '../random';

/** Documents of each kind, and the words that tell what they are. */
const DOCUMENTS: readonly (readonly [text: string, ...words: string[]])[] = [
  ['nonMasqueradeCIDRs:\n  - 10.0.0.1/8\n', 'nonMasqueradeCIDRs'],
  ['{"nonMasqueradeCIDRs": ["10.0.0.1/8"]}\n', 'nonMasqueradeCIDRs'],
  ['masqLinkLocal: true\n', 'masqLinkLocal'],
  ['masqLinkLocalIPv6: true\n', 'masqLinkLocalIPv6'],
  ['resyncInterval: 60s\n', 'resyncInterval'],
  ['cidrLimit: 60\n', 'cidrLimit'],
  ['apiVersion: masq/v1alpha1\nkind: RangeSet\nranges: {}\n', 'masq/v1alpha1', 'RangeSet'],
  ['kind: ClusterIntent\napiVersion: "masq/v1alpha1"\nspec: {}\n', 'masq/v1alpha1', 'ClusterIntent'],
  ['apiVersion: networking.gke.io/v1\nkind: EgressNATPolicy\n', 'networking.gke.io/v1', 'EgressNATPolicy'],
  ['apiVersion: networking.gke.io/v1\nkind: NetworkGatewayGroup\n', 'networking.gke.io/v1', 'NetworkGatewayGroup'],
  ['apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ip-masq-agent}\n', 'ip-masq-agent'],
];

const slip = fc.tuple(fc.constantFrom('drop', 'double', 'swap', 'other', 'none'), fc.nat());

function slipped(word: string, [kind, n]: readonly [string, number]): string {
  const at = n % (word.length - 1);
  const [before, a, b, after] = [word.slice(0, at), word.charAt(at), word.charAt(at + 1), word.slice(at + 2)];
  const made: Record<string, string> = { drop: b, double: a + a + b, swap: b + a, other: `x${b}` };
  return before + (made[kind] ?? a + b) + after;
}

const found = (text: string) => {
  const { documents, diagnostics } = checkFiles([{ file: 'x.yaml', text }]);
  return documents > 0 || diagnostics.some(({ code }) => code !== 'MQ212');
};

describe('the look at the words of a file', () => {
  it('passes over no file of which the checks have something to say, slips in the words that tell it included', () => {
    let count = 0;
    fc.assert(
      fc.property(fc.constantFrom(...DOCUMENTS), slip, slip, ([text, ...words], first, second) => {
        const [a, b] = words.map((word, i) => slipped(word, [first, second][i]!));
        const written = text.replace(words[0]!, a!).replace(words[1] ?? '', b ?? '');
        if (!found(written)) return;
        count++;
        expect(mayConcern({ file: 'x.yaml', text: written })).toBe(true);
      }),
      { numRuns: runs(1500) },
    );
    expect(count).toBeGreaterThan(1000);
  });

  it.each(['sizeLimit: 5\n', 'syncInterval: 60s\n', 'apiVersion: apps/v1\nkind: ReplicaSet\n', '{"fileLimit": 1}\n'])(
    'passes over another program’s %j, as the checks do',
    text => {
      expect(mayConcern({ file: 'x.yaml', text })).toBe(false);
      expect(found(text)).toBe(false);
    },
  );

  it('sees a slip in the kind and one in the apiVersion', () => {
    const text = 'apiVersion: maqs/v1alpha1\nkind: ClusterIntnet\n';
    expect(checkFiles([{ file: 'x.yaml', text }]).diagnostics.map(({ code }) => code)).toContain('MQ213');
    expect(mayConcern({ file: 'x.yaml', text })).toBe(true);
  });
});
