import * as fc from 'fast-check';
import { Address4, Address6 } from 'ip-address';
import { describe, expect, it } from 'vitest';
import {
  type Cidr,
  type FaultKind,
  formatAddress,
  formatCidr,
  type Parsed,
  parseAddress,
  parseCidr,
} from '../../core/address';
import { addressOf, anyCidr, family, python, toBigInt } from './oracle';

const anyAddress = family.chain(addressOf);

/** Right CIDRs and addresses with a character or two changed, doubled, lost or put in: what people mistype. */
const mistyped = fc
  .tuple(
    fc.oneof(anyCidr.map(formatCidr), anyAddress.map(formatAddress), fc.constant('::ffff:10.0.0.0/104')),
    fc.array(fc.tuple(fc.nat(), fc.constantFrom(...'0123456789abcfFgx.:/% -+\t'), fc.nat({ max: 2 })), {
      maxLength: 3,
    }),
  )
  .map(([text, edits]) =>
    edits.reduce((t, [where, character, removed]) => {
      const at = where % (t.length + 1);
      return t.slice(0, at) + character + t.slice(at + removed);
    }, text),
  );

const anyText = fc.oneof(mistyped, mistyped, fc.string({ maxLength: 20 }), fc.string({ unit: 'binary', maxLength: 8 }));

/** What holds of every fault, whatever the text. */
function soundFault(text: string, parse: (text: string) => Parsed<unknown>): void {
  const parsed = parse(text);
  if (parsed.ok) return;
  const { offset, length, message, suggestion } = parsed.fault;
  expect(offset).toBeGreaterThanOrEqual(0);
  expect(length).toBeGreaterThanOrEqual(0);
  expect(offset + length).toBeLessThanOrEqual(text.length);
  expect(message).not.toMatch(/[\n\r.]$|\n/);
  if (suggestion !== undefined) expect(parse(suggestion).ok).toBe(true);
}

/** For each text: what ipaddress reads as an address, and as a network with and without host bits. */
const PROGRAM = `
import ipaddress, json, sys
def read(f, text):
    try: return f(text)
    except ValueError: return None
def row(text):
    a = read(ipaddress.ip_address, text)
    n = read(ipaddress.ip_network, text)
    loose = read(lambda t: ipaddress.ip_network(t, strict=False), text)
    return [None if a is None or getattr(a, 'scope_id', None) else [a.version, str(int(a)), str(a)],
            None if n is None else [n.version, str(int(n.network_address)), n.prefixlen, str(n)],
            loose is not None]
print(json.dumps([row(t) for t in json.load(sys.stdin)]))
`;

import { runs } from '../random';

/** Python reads more forms of a CIDR than one; these faults tell of one of them. */
const OTHER_FORMS: readonly FaultKind[] = ['missing-prefix', 'netmask', 'leading-zero', 'ipv4-mapped'];

type PythonRow = [[number, string, string] | null, [number, string, number, string] | null, boolean];

describe('parsing', () => {
  it('reads what it formats', () => {
    fc.assert(
      fc.property(anyCidr, cidr => {
        expect(parseCidr(formatCidr(cidr))).toEqual(mappedOr({ ok: true, value: cidr }));
      }),
    );
    fc.assert(
      fc.property(anyAddress, a => {
        expect(parseAddress(formatAddress(a))).toEqual(mappedOr({ ok: true, value: a }));
      }),
    );
  });

  it('reports faults that lie inside the text and suggest what parses', () => {
    fc.assert(
      fc.property(anyText, text => {
        soundFault(text, parseCidr);
        soundFault(text, parseAddress);
      }),
      { numRuns: runs(5000) },
    );
  });

  it("agrees with Python's ipaddress on what is an address and what it means", { timeout: 60_000 }, () => {
    const texts = fc.sample(anyText, 20_000).filter(text => !/[\ud800-\udfff]/.test(text));
    const rows = python<PythonRow[]>(PROGRAM, texts);
    for (const [n, text] of texts.entries()) {
      if (!rows) return;
      const [address, network, loose] = rows[n]!;
      const ours = parseAddress(text);
      // For Python anything may stand in a zone; here no zone may stand anywhere.
      if (text.includes('%')) {
        expect([text, ours.ok, parseCidr(text).ok]).toEqual([text, false, false]);
        continue;
      }
      if (ours.ok) {
        expect([text, ...address!]).toEqual([
          text,
          ours.value.family,
          String(toBigInt(ours.value)),
          formatAddress(ours.value),
        ]);
      } else if (address) expect([text, ours.fault.kind]).toEqual([text, 'ipv4-mapped']);
      const block = parseCidr(text);
      if (block.ok) {
        const { family, words, prefix } = block.value;
        expect([text, ...network!]).toEqual([
          text,
          family,
          String(toBigInt({ family, words })),
          prefix,
          formatCidr(block.value),
        ]);
      } else if (network) {
        expect(text).toSatisfy(() => OTHER_FORMS.includes(block.fault.kind));
      } else if (loose) {
        expect(text).toSatisfy(() => block.fault.kind === 'host-bits' || OTHER_FORMS.includes(block.fault.kind));
      }
    }
  });

  it('agrees with ip-address on every text that it reads', () => {
    fc.assert(
      fc.property(anyAddress, a => {
        const text = formatAddress(a);
        const theirs = a.family === 4 ? new Address4(text) : new Address6(text);
        expect(theirs.bigInt()).toBe(toBigInt(a));
        expect(theirs.correctForm()).toBe(text);
      }),
    );
    fc.assert(
      fc.property(mistyped, text => {
        const parsed = parseAddress(text);
        if (parsed.ok) expect((parsed.value.family === 4 ? Address4 : Address6).isValid(text)).toBe(true);
      }),
    );
  });
});

/** What parsing answers for a value that is formatted in ::ffff:0:0/96, which is never read back. */
function mappedOr(parsed: Parsed<Cidr> | ReturnType<typeof parseAddress>): unknown {
  if (!parsed.ok || parsed.value.family === 4) return parsed;
  const mapped = toBigInt(parsed.value) >> 32n === 0xffffn;
  return mapped ? { ok: false, fault: expect.objectContaining({ kind: 'ipv4-mapped' }) } : parsed;
}
