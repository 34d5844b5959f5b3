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

it('writes only what every reader of YAML takes, in comments too', () => {
  const text = fc.string({ unit: fc.constantFrom(...'a \0\t\u007f\u0085\u009f\u2028\u2029\ufeff\ufffe\uffff\ud800') });
  fc.assert(
    fc.property(text, note => {
      const file = { nonMasqueradeCIDRs: [{ cidr: '10.0.0.0/8', note: `a${note}b` }], masqLinkLocal: true };
      const written = writeAgentFile({
        ...file,
        masqLinkLocalIPv6: false,
        resyncInterval: `${note}60s`,
      });
      expect(written).toMatch(/^[\n\x20-\x7e]*$/);
      expect(written.split('\n')[1]).toMatch(/^ {2}- 10\.0\.0\.0\/8 # a[a ]*b$/);
    }),
  );
});
