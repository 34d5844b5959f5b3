import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { writeAgentFile } from '../../core/agentfile/write';

it('writes texts that YAML reads as themselves, whatever is in them', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('60s # x', '5: y', '- a', 'a\nb: c', '*x', '~x', ''),
  );
  fc.assert(
    fc.property(text, text, text, (cidr, note, resyncInterval) => {
      const file = { nonMasqueradeCIDRs: [{ cidr: `a${cidr}` }, { cidr: '2001:db8::/32', note }], masqLinkLocal: true };
      const written = writeAgentFile({ ...file, masqLinkLocalIPv6: false, resyncInterval: `${resyncInterval}s` });
      expect(parse(written)).toEqual({
        nonMasqueradeCIDRs: [`a${cidr}`, '2001:db8::/32'],
        masqLinkLocal: true,
        resyncInterval: `${resyncInterval}s`,
      });
    }),
  );
});
