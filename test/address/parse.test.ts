import { describe, expect, it } from 'vitest';
import { address, cidr, type FaultKind, formatAddress, formatCidr, parseAddress, parseCidr } from '../../core/address';

/** text, kind, offset, length, message, suggestion */
type Row = readonly [string, FaultKind, number, number, string, string?];

const CIDRS: readonly Row[] = [
  [
    '198.15.5.92/24',
    'host-bits',
    0,
    14,
    'CIDR "198.15.5.92/24" has host bits set; did you mean "198.15.5.0/24"?',
    '198.15.5.0/24',
  ],
  ['10.0.0.1/0', 'host-bits', 0, 10, 'CIDR "10.0.0.1/0" has host bits set; did you mean "0.0.0.0/0"?', '0.0.0.0/0'],
  [
    '2001:DB8::1/64',
    'host-bits',
    0,
    14,
    'CIDR "2001:DB8::1/64" has host bits set; did you mean "2001:db8::/64"?',
    '2001:db8::/64',
  ],
  [
    '64:ff9b::192.0.2.1/96',
    'host-bits',
    0,
    21,
    'CIDR "64:ff9b::192.0.2.1/96" has host bits set; did you mean "64:ff9b::/96"?',
    '64:ff9b::/96',
  ],

  [
    '010.0.0.0/8',
    'leading-zero',
    0,
    3,
    'CIDR "010.0.0.0/8" has a leading zero in "010"; some readers take it for octal 8; write "10"',
    '10.0.0.0/8',
  ],
  [
    '10.00.0.0/8',
    'leading-zero',
    3,
    2,
    'CIDR "10.00.0.0/8" has a leading zero in "00"; some readers take it for octal 0; write "0"',
    '10.0.0.0/8',
  ],
  [
    '10.0.089.0/24',
    'leading-zero',
    5,
    3,
    'CIDR "10.0.089.0/24" has a leading zero in "089"; some readers refuse it; write "89"',
    '10.0.89.0/24',
  ],
  [
    '010.001.2.3/8',
    'leading-zero',
    0,
    3,
    'CIDR "010.001.2.3/8" has a leading zero in "010"; some readers take it for octal 8; write "10"',
    '10.0.0.0/8',
  ],
  [
    '10.0.0.0/08',
    'leading-zero',
    9,
    2,
    'CIDR "10.0.0.0/08" has a leading zero in "08"; some readers refuse it; write "8"',
    '10.0.0.0/8',
  ],
  [
    'fc00::/07',
    'leading-zero',
    7,
    2,
    'CIDR "fc00::/07" has a leading zero in "07"; some readers take it for octal 7; write "7"',
    'fc00::/7',
  ],

  [
    '10.0.0.256/32',
    'part-out-of-range',
    7,
    3,
    'CIDR "10.0.0.256/32": 256 is out of range; write a number from 0 to 255',
  ],
  [
    '99999999999.0.0.0/8',
    'part-out-of-range',
    0,
    11,
    'CIDR "99999999999.0.0.0/8": 99999999999 is out of range; write a number from 0 to 255',
  ],
  ['12345::/16', 'part-out-of-range', 0, 5, 'CIDR "12345::/16": 12345 is out of range; write a group from 0 to ffff'],
  [
    '64:ff9b::1.2.3.400/96',
    'part-out-of-range',
    15,
    3,
    'CIDR "64:ff9b::1.2.3.400/96": 400 is out of range; write a number from 0 to 255',
  ],

  [
    '10/8',
    'wrong-number-of-parts',
    0,
    2,
    'CIDR "10/8" has 1 part; an IPv4 address has 4; did you mean "10.0.0.0/8"?',
    '10.0.0.0/8',
  ],
  [
    '10.100/16',
    'wrong-number-of-parts',
    0,
    6,
    'CIDR "10.100/16" has 2 parts; an IPv4 address has 4; did you mean "10.100.0.0/16"?',
    '10.100.0.0/16',
  ],
  ['10.0.0', 'wrong-number-of-parts', 0, 6, 'CIDR "10.0.0" has 3 parts; an IPv4 address has 4'],
  ['1.2.3.4.5/8', 'wrong-number-of-parts', 0, 9, 'CIDR "1.2.3.4.5/8" has 5 parts; an IPv4 address has 4'],
  ['10..0.0/8', 'wrong-number-of-parts', 3, 0, 'CIDR "10..0.0/8" has an empty part; write four numbers'],
  ['10.0.0.0./8', 'wrong-number-of-parts', 9, 0, 'CIDR "10.0.0.0./8" has an empty part; write four numbers'],
  [
    '1::2::3/64',
    'wrong-number-of-parts',
    4,
    2,
    'CIDR "1::2::3/64" has "::" twice; only one can stand for groups of zeros',
  ],
  [':::/0', 'wrong-number-of-parts', 0, 3, 'CIDR ":::/0" has ":::"; write "::" for groups of zeros'],
  [':1::/16', 'wrong-number-of-parts', 0, 1, 'CIDR ":1::/16" starts with a single ":"'],
  ['1::2:/16', 'wrong-number-of-parts', 4, 1, 'CIDR "1::2:/16" ends with a single ":"'],
  ['1:2:3/64', 'wrong-number-of-parts', 0, 5, 'CIDR "1:2:3/64" has 3 groups; an IPv6 address has 8, or "::" for zeros'],
  [
    '1:2:3:4:5:6:7:8:9/64',
    'wrong-number-of-parts',
    0,
    17,
    'CIDR "1:2:3:4:5:6:7:8:9/64" has 9 groups; an IPv6 address has 8',
  ],
  [
    '1:2:3:4::5:6:7:8/64',
    'wrong-number-of-parts',
    0,
    16,
    'CIDR "1:2:3:4::5:6:7:8/64" has 8 groups and "::", which leaves no group of zeros for "::"',
  ],
  [
    '::1.2.3.4:5/64',
    'wrong-number-of-parts',
    2,
    7,
    'CIDR "::1.2.3.4:5/64": "1.2.3.4" can stand at the end of an IPv6 address only',
  ],
  ['64:ff9b::1.2.3/96', 'wrong-number-of-parts', 9, 5, 'CIDR "64:ff9b::1.2.3/96" has 3 parts; an IPv4 address has 4'],

  [
    '10.0.0.0/33',
    'prefix-out-of-range',
    9,
    2,
    'CIDR "10.0.0.0/33": prefix length 33 is out of range; write one from 0 to 32 for IPv4',
  ],
  [
    '2001:db8::/129',
    'prefix-out-of-range',
    11,
    3,
    'CIDR "2001:db8::/129": prefix length 129 is out of range; write one from 0 to 128 for IPv6',
  ],
  [
    '10.0.0.0/+8',
    'prefix-out-of-range',
    9,
    2,
    'CIDR "10.0.0.0/+8": prefix length "+8" is not a plain number; write one from 0 to 32',
  ],
  [
    '10.0.0.0/-1',
    'prefix-out-of-range',
    9,
    2,
    'CIDR "10.0.0.0/-1": prefix length "-1" is not a plain number; write one from 0 to 32',
  ],
  [
    '10.0.0.0/0x8',
    'prefix-out-of-range',
    9,
    3,
    'CIDR "10.0.0.0/0x8": prefix length "0x8" is not a plain number; write one from 0 to 32',
  ],
  [
    '10.0.0.0/８',
    'prefix-out-of-range',
    9,
    1,
    'CIDR "10.0.0.0/８": prefix length "８" is not a plain number; write one from 0 to 32',
  ],
  [
    '10.0.0.0/8/8',
    'prefix-out-of-range',
    9,
    3,
    'CIDR "10.0.0.0/8/8": prefix length "8/8" is not a plain number; write one from 0 to 32',
  ],

  [
    '10.0.0.0',
    'missing-prefix',
    8,
    0,
    'CIDR "10.0.0.0" has no prefix length; write "10.0.0.0/32" for one address',
    '10.0.0.0/32',
  ],
  [
    '10.0.0.0/',
    'missing-prefix',
    9,
    0,
    'CIDR "10.0.0.0/" has no prefix length behind "/"; write "10.0.0.0/32" for one address',
    '10.0.0.0/32',
  ],
  [
    '2001:db8::1',
    'missing-prefix',
    11,
    0,
    'CIDR "2001:db8::1" has no prefix length; write "2001:db8::1/128" for one address',
    '2001:db8::1/128',
  ],
  [
    '::ffff:1.2.3.4',
    'missing-prefix',
    14,
    0,
    'CIDR "::ffff:1.2.3.4" has no prefix length; write "1.2.3.4/32" for one address',
    '1.2.3.4/32',
  ],

  [
    '10.0.0.0/255.0.0.0',
    'netmask',
    9,
    9,
    'CIDR "10.0.0.0/255.0.0.0" is in netmask notation; write "10.0.0.0/8"',
    '10.0.0.0/8',
  ],
  [
    '10.1.2.3/255.255.255.0',
    'netmask',
    9,
    13,
    'CIDR "10.1.2.3/255.255.255.0" is in netmask notation; write "10.1.2.0/24"',
    '10.1.2.0/24',
  ],
  ['0.0.0.0/0.0.0.0', 'netmask', 8, 7, 'CIDR "0.0.0.0/0.0.0.0" is in netmask notation; write "0.0.0.0/0"', '0.0.0.0/0'],
  [
    '10.0.0.0/0.255.255.255',
    'netmask',
    9,
    13,
    'CIDR "10.0.0.0/0.255.255.255" is in wildcard mask notation; write "10.0.0.0/8"',
    '10.0.0.0/8',
  ],
  [
    '10.0.0.0/255.0.255.0',
    'netmask',
    9,
    11,
    'CIDR "10.0.0.0/255.0.255.0" has no prefix length: "255.0.255.0" is not even a netmask',
  ],
  ['fe80::/ffc0::', 'netmask', 7, 6, 'CIDR "fe80::/ffc0::" is in netmask notation; write "fe80::/10"', 'fe80::/10'],

  [
    'fe80::%eth0/64',
    'zone',
    6,
    5,
    'CIDR "fe80::%eth0/64" has the zone "%eth0", which means something on one machine only; write "fe80::/64"',
    'fe80::/64',
  ],
  [
    'fe80::/10%2',
    'zone',
    9,
    2,
    'CIDR "fe80::/10%2" has the zone "%2", which means something on one machine only; write "fe80::/10"',
    'fe80::/10',
  ],

  [
    '::ffff:10.0.0.0/104',
    'ipv4-mapped',
    0,
    15,
    'CIDR "::ffff:10.0.0.0/104" is IPv4 mapped into IPv6; write "10.0.0.0/8"',
    '10.0.0.0/8',
  ],
  [
    '::FFFF:a00:0/104',
    'ipv4-mapped',
    0,
    12,
    'CIDR "::FFFF:a00:0/104" is IPv4 mapped into IPv6; write "10.0.0.0/8"',
    '10.0.0.0/8',
  ],
  [
    '::ffff:0:0/96',
    'ipv4-mapped',
    0,
    10,
    'CIDR "::ffff:0:0/96" is IPv4 mapped into IPv6; write "0.0.0.0/0"',
    '0.0.0.0/0',
  ],
  [
    '::ffff:10.0.0.0/8',
    'ipv4-mapped',
    0,
    15,
    'CIDR "::ffff:10.0.0.0/8" is IPv4 mapped into IPv6; did you mean "10.0.0.0/8"?',
    '10.0.0.0/8',
  ],
  ['::ffff:10.0.0.0/64', 'ipv4-mapped', 0, 15, 'CIDR "::ffff:10.0.0.0/64" is IPv4 mapped into IPv6'],

  [' 10.0.0.0/8', 'whitespace', 0, 1, 'CIDR " 10.0.0.0/8" has white space before it; write "10.0.0.0/8"', '10.0.0.0/8'],
  [
    '10.0.0.0/8 \n',
    'whitespace',
    10,
    2,
    'CIDR "10.0.0.0/8 \\n" has white space behind it; write "10.0.0.0/8"',
    '10.0.0.0/8',
  ],
  ['10.0.0.0 /8', 'whitespace', 8, 1, 'CIDR "10.0.0.0 /8" has white space in it; write "10.0.0.0/8"', '10.0.0.0/8'],
  ['10.0. 0.0/8', 'whitespace', 5, 1, 'CIDR "10.0. 0.0/8" has white space in it'],
  ['\tfe80::/10', 'whitespace', 0, 1, 'CIDR "\\tfe80::/10" has white space before it; write "fe80::/10"', 'fe80::/10'],
  [
    '10.0.0.0/8 10.1.0.0/16',
    'whitespace',
    0,
    22,
    'CIDR "10.0.0.0/8 10.1.0.0/16" holds 2 values; write each as an entry of its own',
  ],

  [
    '10.0.0.0/8,fc00::/7',
    'not-an-address',
    0,
    19,
    'CIDR "10.0.0.0/8,fc00::/7" holds 2 values; write each as an entry of its own',
  ],
  [
    '[2001:db8::]/32',
    'not-an-address',
    0,
    1,
    'CIDR "[2001:db8::]/32" has brackets in it; write "2001:db8::/32"',
    '2001:db8::/32',
  ],
  [
    '\u201c10.0.0.1/8\u201d',
    'not-an-address',
    0,
    1,
    'CIDR "\u201c10.0.0.1/8\u201d" has quotes in it; write "10.0.0.0/8"',
    '10.0.0.0/8',
  ],
  ['10.0.0.0/8,', 'not-an-address', 10, 1, 'CIDR "10.0.0.0/8," ends in ","; write "10.0.0.0/8"', '10.0.0.0/8'],
  ['', 'not-an-address', 0, 0, '"" is not an IP address or CIDR'],
  ['/8', 'not-an-address', 0, 2, '"/8" is not an IP address or CIDR'],
  ['SYNC', 'not-an-address', 0, 4, '"SYNC" is not an IP address or CIDR'],
  ['{{ .PodSubnet }}', 'not-an-address', 0, 16, '"{{ .PodSubnet }}" is not an IP address or CIDR'],
  ['example.com', 'not-an-address', 0, 11, '"example.com" is not an IP address or CIDR'],
  ['https://10.0.0.1/', 'not-an-address', 0, 17, '"https://10.0.0.1/" is not an IP address or CIDR'],
  ['10', 'not-an-address', 0, 2, '"10" is not an IP address or CIDR'],
  ['0x0a.0.0.0/8', 'not-an-address', 0, 4, 'CIDR "0x0a.0.0.0/8": "0x0a" is not a number'],
  ['10.0.0.-1/8', 'not-an-address', 7, 2, 'CIDR "10.0.0.-1/8": "-1" is not a number'],
  [
    '10.0.0.1:80',
    'not-an-address',
    8,
    3,
    'CIDR "10.0.0.1:80" has a port behind it; write "10.0.0.1/32"',
    '10.0.0.1/32',
  ],
  ['10.0.0.0%2F8', 'not-an-address', 7, 5, 'CIDR "10.0.0.0%2F8": "0%2F8" is not a number'],
  ['１0.0.0.0/8', 'not-an-address', 0, 2, 'CIDR "１0.0.0.0/8": "１0" is not a number'],
  ['2001:db8::g/64', 'not-an-address', 10, 1, 'CIDR "2001:db8::g/64": "g" is not a hexadecimal digit'],
  ['2001:db8::😀/64', 'not-an-address', 10, 2, 'CIDR "2001:db8::😀/64": "😀" is not a hexadecimal digit'],
];

const ADDRESSES: readonly Row[] = [
  ['10.0.0.256', 'part-out-of-range', 7, 3, 'address "10.0.0.256": 256 is out of range; write a number from 0 to 255'],
  [
    '007.1.1.1',
    'leading-zero',
    0,
    3,
    'address "007.1.1.1" has a leading zero in "007"; some readers take it for octal 7; write "7"',
    '7.1.1.1',
  ],
  ['10.1', 'wrong-number-of-parts', 0, 4, 'address "10.1" has 2 parts; an IPv4 address has 4'],
  ['1:2', 'not-an-address', 0, 3, '"1:2" is not an IP address or CIDR'],
  [
    'fe80::1%eth0',
    'zone',
    7,
    5,
    'address "fe80::1%eth0" has the zone "%eth0", which means something on one machine only; write "fe80::1"',
    'fe80::1',
  ],
  [
    '::ffff:1.2.3.4',
    'ipv4-mapped',
    0,
    14,
    'address "::ffff:1.2.3.4" is IPv4 mapped into IPv6; write "1.2.3.4"',
    '1.2.3.4',
  ],
  [
    '192.168.1.100 ',
    'whitespace',
    13,
    1,
    'address "192.168.1.100 " has white space behind it; write "192.168.1.100"',
    '192.168.1.100',
  ],
  [
    '10.0.0.1/32',
    'cidr-for-address',
    8,
    3,
    'address "10.0.0.1/32" is a CIDR, not one address; write "10.0.0.1"',
    '10.0.0.1',
  ],
  ['fe80::/10', 'cidr-for-address', 6, 3, 'address "fe80::/10" is a CIDR, not one address; write "fe80::"', 'fe80::'],
  [
    '10.0.0.1/',
    'cidr-for-address',
    8,
    1,
    'address "10.0.0.1/" is a CIDR, not one address; write "10.0.0.1"',
    '10.0.0.1',
  ],
  ['default', 'not-an-address', 0, 7, '"default" is not an IP address or CIDR'],
];

const expected = ([, kind, offset, length, message, suggestion]: Row): unknown => ({
  ok: false,
  fault: { kind, offset, length, message, ...(suggestion !== undefined && { suggestion }) },
});

describe('a CIDR is refused, and the fault says where and what to write instead', () => {
  it.each(CIDRS.map(row => [row[0], row] as const))('%j', (text, row) => {
    expect(parseCidr(text)).toEqual(expected(row));
    if (row[5] !== undefined) expect(parseCidr(row[5]).ok).toBe(true);
  });
});

describe('an address is refused, and the fault says where and what to write instead', () => {
  it.each(ADDRESSES.map(row => [row[0], row] as const))('%j', (text, row) => {
    expect(parseAddress(text)).toEqual(expected(row));
    if (row[5] !== undefined) expect(parseAddress(row[5]).ok).toBe(true);
  });

  it('cuts a very long text', () => {
    const parsed = parseCidr('x'.repeat(1000));
    expect(parsed).toMatchObject({
      fault: { length: 1000, message: `"${'x'.repeat(80)}…", 1000 characters long, is not an IP address or CIDR` },
    });
  });
});

describe('the canonical text', () => {
  // The examples of RFC 5952 §1, §2, §4 and §5.
  it.each([
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:0db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8::1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8::0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:0db8::1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:0:1::1', '2001:db8::1:0:0:1'],
    ['2001:DB8:0:0:1::1', '2001:db8::1:0:0:1'],
    ['2001:db8:aaaa:bbbb:cccc:dddd:eeee:0001', '2001:db8:aaaa:bbbb:cccc:dddd:eeee:1'],
    ['2001:db8:0:0:0::1', '2001:db8::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:db8::1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:0:0:2:1', '2001:db8::2:1'],
    ['2001:db8:aaaa:bbbb:cccc:dddd:eeee:AAAA', '2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['::192.0.2.33', '::c000:221'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['1:0:0:0:0:0:0:0', '1::'],
    ['1:0:0:4:5:0:0:8', '1::4:5:0:0:8'],
    ['0:2:3:4:5:6:7:0', '0:2:3:4:5:6:7:0'],
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
  ])('%s is %s', (text, canonical) => {
    expect(formatAddress(address(text))).toBe(canonical);
    expect(formatAddress(address(canonical))).toBe(canonical);
  });

  it('of a CIDR ends in its prefix length', () => {
    for (const text of ['0.0.0.0/0', '10.0.0.0/8', '1.2.3.4/32', '::/0', 'fc00::/7', '::1/128']) {
      expect(formatCidr(cidr(text))).toBe(text);
    }
  });
});

describe('constants', () => {
  it('throw a RangeError with the fault', () => {
    expect(() => cidr('10.0.0.1/8')).toThrow(
      new RangeError('CIDR "10.0.0.1/8" has host bits set; did you mean "10.0.0.0/8"?'),
    );
    expect(() => address('10.0.0')).toThrow(new RangeError('address "10.0.0" has 3 parts; an IPv4 address has 4'));
  });
});
