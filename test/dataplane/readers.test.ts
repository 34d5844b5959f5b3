import { describe, expect, test } from 'vitest';
import { cidr, FAMILIES, type Family, IntervalSet } from '../../core/address';
import { readIptablesRule } from '../../core/dataplane/iptables-rule';
import { iptablesRuleset, natTable, readIptablesSave } from '../../core/dataplane/iptables-save';
import { iptablesWords } from '../../core/dataplane/iptables-words';
import type { Condition, NatRule } from '../../core/dataplane/nat-rule';
import { readNftRule } from '../../core/dataplane/nft-rule';
import { readNftRuleset } from '../../core/dataplane/nft-ruleset';

const TO_PARTNERS: Condition = { on: 'destination', set: IntervalSet.ofCidr(cidr('203.0.113.0/24')) };
const ELSEWHERE: Condition = { on: 'destination', set: IntervalSet.ofCidr(cidr('203.0.113.0/24')).complement() };
const unknown = (text: string): Condition => ({ on: 'unknown', text });

describe('a rule of iptables-save', () => {
  test.each<readonly [string, readonly Condition[]]>([
    ['', []],
    ['-d 203.0.113.0/24', [TO_PARTNERS]],
    ['-d 203.0.113.0/255.255.255.0', [TO_PARTNERS]],
    ['! -d 203.0.113.0/24', [ELSEWHERE]],
    ['-d ! 203.0.113.0/24', [ELSEWHERE]],
    ['-d 203.0.113.7', [{ on: 'destination', set: IntervalSet.ofCidr(cidr('203.0.113.7/32')) }]],
    ['-d 10.0.0.0/255.0.255.0', [unknown('-d 10.0.0.0/255.0.255.0')]],
    ['-d 2001:db8::/32', [unknown('-d 2001:db8::/32')]],
    ['-s 10.244.0.0/16', [{ on: 'source', set: IntervalSet.ofCidr(cidr('10.244.0.0/16')) }]],
    ['-p tcp -m tcp', [{ on: 'protocol', protocols: ['tcp'], negated: false }]],
    ['-p ! 132', [{ on: 'protocol', protocols: ['sctp'], negated: true }]],
    ['-p tcp -m tcp --dport 80', [{ on: 'protocol', protocols: ['tcp'], negated: false }, unknown('--dport 80')]],
    ['! -o cni0', [unknown('! -o cni0')]],
    ['-m addrtype ! --dst-type LOCAL', [{ on: 'destination-type', type: 'LOCAL', negated: true }]],
    ['-m addrtype --src-type ! LOCAL', [{ on: 'source-type', type: 'LOCAL', negated: true }]],
    [
      '-m addrtype --dst-type LOCAL --limit-iface-out',
      [{ on: 'destination-type', type: 'LOCAL', negated: false }, unknown('--limit-iface-out')],
    ],
    ['-m mark --mark 0x4000/0x4000', [{ on: 'mark', value: 0x4000, mask: 0x4000, negated: false }]],
    ['-m mark ! --mark 7', [{ on: 'mark', value: 7, mask: 0xffffffff, negated: true }]],
    ['-m connmark --mark 0x4000/0x4000', [unknown('-m connmark --mark 0x4000/0x4000')]],
    ['-m socket', [unknown('-m socket')]],
    ['-m policy --dir out --pol ipsec --mode tunnel', [unknown('-m policy --dir out --pol ipsec --mode tunnel')]],
    ['-m statistic --mode random ! --probability 0.30000000000', [{ on: 'chance' }]],
    ['-m statistic --mode random --probability 1.00000000000', [unknown('--mode random --probability 1.00000000000')]],
    ['-m statistic --mode random --probability 0.00000000000', [unknown('--mode random --probability 0.00000000000')]],
    ['-m statistic --mode nth --every 3 --packet 0', [{ on: 'chance' }]],
    ['-m statistic --mode nth --every 1 --packet 0', [unknown('--mode nth --every 1')]],
    ['-m set --match-set pods dst', [{ on: 'named-set', name: 'pods', of: 'destination', negated: false }]],
    ['-m set ! --match-set pods src', [{ on: 'named-set', name: 'pods', of: 'source', negated: true }]],
    ['-m set --match-set pods dst,dst', [{ on: 'named-set', name: 'pods', of: 'other', negated: false }]],
    ['-m comment --comment "!" -d 203.0.113.0/24', [TO_PARTNERS]],
    ['-m comment --comment -j -d 203.0.113.0/24', [TO_PARTNERS]],
    ['-m comment --comment "say \\"-j DROP\\" twice" -d 203.0.113.0/24', [TO_PARTNERS]],
  ])('%s', (text, conditions) => {
    const rule = readIptablesRule(4, `${text} -j RETURN`.trim());
    expect(rule.conditions.filter(({ on }) => on !== 'unknown')).toEqual(
      conditions.filter(({ on }) => on !== 'unknown'),
    );
    const unread = rule.conditions.filter(({ on }) => on === 'unknown').map(one => 'text' in one && one.text);
    // `--packet 0` behind what is not understood is not understood either.
    expect(unread.slice(0, 1)).toEqual(
      conditions.filter(({ on }) => on === 'unknown').map(one => 'text' in one && one.text),
    );
    expect(rule.verdict).toEqual({ kind: 'return' });
  });

  test.each([
    ['-j ACCEPT', { kind: 'accept' }],
    ['-j DROP', { kind: 'drop' }],
    ['-j KUBE-POSTROUTING', { kind: 'jump', chain: 'KUBE-POSTROUTING' }],
    ['-g KUBE-POSTROUTING', { kind: 'goto', chain: 'KUBE-POSTROUTING' }],
    ['-m comment --comment counted', { kind: 'continue' }],
    ['-j LOG --log-prefix " -j FOO"', { kind: 'continue' }],
    ['-j MASQUERADE', { kind: 'masquerade', randomFully: false }],
    ['-j MASQUERADE --random', { kind: 'masquerade', randomFully: false }],
    ['-j MASQUERADE --to-ports 1-9 --random-fully', { kind: 'masquerade', randomFully: true, toPorts: '1-9' }],
    ['-j MASQUERADE --new-option', { kind: 'unknown', text: '-j MASQUERADE --new-option' }],
    ['-j SNAT --to-source 192.168.1.10 --random-fully', { kind: 'snat', sourceIP: '192.168.1.10' }],
    ['-j SNAT --to-source 192.168.1.10-192.168.1.12', { kind: 'unknown' }],
    ['-j SNAT --to-source 192.168.1.10:1-9', { kind: 'unknown' }],
    ['-j MARK --set-xmark 0x4000/0x0', { kind: 'set-mark', clear: 0, flip: 0x4000 }],
    ['-j MARK --set-mark 0x3/0x5', { kind: 'set-mark', clear: 7, flip: 3 }],
    ['-j MARK --or-mark 0x4', { kind: 'set-mark', clear: 4, flip: 4 }],
    ['-j MARK --and-mark 0x4', { kind: 'set-mark', clear: 0xfffffffb, flip: 0 }],
    ['-j MARK --xor-mark 0x4', { kind: 'set-mark', clear: 0, flip: 4 }],
    ['-j CONNMARK --restore-mark', { kind: 'unknown', text: '-j CONNMARK --restore-mark' }],
    ['-j RETURN --odd', { kind: 'unknown', text: '-j RETURN --odd' }],
  ])('%s', (text, verdict) => {
    expect(readIptablesRule(4, text).verdict).toMatchObject(verdict);
  });

  test('a quote that is never closed makes all of it unknown', () => {
    expect(readIptablesRule(4, '-m comment --comment "x -j RETURN').verdict.kind).toBe('unknown');
    expect(iptablesWords('a "b \\\\" "c\\"d" e')).toEqual(['a', 'b \\', 'c"d', 'e']);
  });
});

describe('a dump of iptables-save', () => {
  const good = '*nat\n:POSTROUTING ACCEPT [1:2]\n[3:4] -A POSTROUTING -j ACCEPT\nCOMMIT\n';

  test.each([
    [2, '*nat\nPOSTROUTING ACCEPT'],
    [3, '*nat\n:POSTROUTING ACCEPT [0:0]\n-A OUTPUT -j ACCEPT\nCOMMIT\n'],
    [3, '*nat\n:POSTROUTING ACCEPT [0:0]\n-D POSTROUTING -j ACCEPT\nCOMMIT\n'],
    [3, '*nat\n:A - [0:0]\n:A - [0:0]\nCOMMIT\n'],
    [3, '*nat\n:POSTROUTING ACCEPT [0:0]\n[x] -A POSTROUTING -j ACCEPT\nCOMMIT\n'],
    [2, '*nat\n:POSTROUTING ACCEPT [0:0]'],
    [6, `${good}*nat\nCOMMIT\n`],
    [2, '*nat\n*filter\n'],
    [1, ':POSTROUTING ACCEPT [0:0]\n'],
    [1, 'COMMIT\n'],
    [2, "# Generated\n# Table `nat' is incompatible, use 'nft' tool.\n"],
  ])('is refused from line %i on: %j', (line, dump) => {
    expect(readIptablesSave(dump)).toMatchObject({ ok: false, line });
  });

  test('that lacks the table is read, and says so', () => {
    expect(readIptablesSave('')).toEqual({ ok: true, table: undefined });
    expect(readIptablesSave('*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -j whatever\nCOMMIT\n')).toMatchObject({
      table: undefined,
    });
    expect(readIptablesSave("# Table `filter' is incompatible, use 'nft' tool.\n")).toEqual({
      ok: true,
      table: undefined,
    });
  });

  test('that has it is read without counters', () => {
    const read = readIptablesSave(good);
    expect(read.ok && read.table?.rules.get('POSTROUTING')).toEqual(['-j ACCEPT']);
  });

  test('both flavours have chains of the same name, told apart by their tables', () => {
    const read = readIptablesSave('*nat\n:POSTROUTING ACCEPT [0:0]\n:A - [0:0]\n-A POSTROUTING -j A\nCOMMIT\n');
    const { chains, hooks } = iptablesRuleset(
      4,
      (read.ok && read.table) || { policies: new Map(), rules: new Map() },
      natTable(4, 'legacy'),
    );
    const scope = 'iptables-legacy nat ';
    expect([...chains.keys()]).toEqual([`${scope}POSTROUTING`, `${scope}A`]);
    const [rule] = chains.get(`${scope}POSTROUTING`)!.rules;
    expect(rule!.verdict).toEqual({ kind: 'jump', chain: `${scope}A` });
    expect(rule!.text).toBe('iptables-legacy -t nat -A POSTROUTING -j A');
    expect(hooks).toEqual([{ chain: `${scope}POSTROUTING`, nat: true, priority: 100 }]);
    // That of iptables-nft is a table of nftables.
    expect(FAMILIES.map(family => natTable(family, 'nft').scope)).toEqual(['ip nat ', 'ip6 nat ']);
  });

  test('with a chain that has the name of a target: which of them a rule leads to is not printed', () => {
    const rules = ['-j LOG', '-j LOG --log-prefix "-j LOG"', '-g LOG', '-j ACCEPT'];
    const lines = rules.map(rule => `-A POSTROUTING ${rule}`).join('\n');
    const read = readIptablesSave(`*nat\n:POSTROUTING ACCEPT [0:0]\n:LOG - [0:0]\n${lines}\nCOMMIT\n`);
    const { chains } = iptablesRuleset(4, (read.ok && read.table) || { policies: new Map(), rules: new Map() });
    const kinds = chains.get('POSTROUTING')!.rules.map(({ verdict }) => verdict.kind);
    expect(kinds).toEqual(['unknown', 'continue', 'goto', 'accept']);
  });
});

const daddr = (right: unknown, op = '==', protocol = 'ip') => ({
  match: { op, left: { payload: { protocol, field: 'daddr' } }, right },
});
const mark = { meta: { key: 'mark' } };

function nftRule(expr: unknown, family: Family = 4) {
  return readNftRule(family, { chain: 'c', handle: 1, expr }, 'ip t ');
}

describe('a rule of nft -j', () => {
  test.each<readonly [string, unknown, readonly object[]]>([
    ['a prefix', daddr({ prefix: { addr: '203.0.113.0', len: 24 } }), [TO_PARTNERS]],
    ['a range', daddr({ range: ['203.0.113.0', '203.0.113.255'] }), [TO_PARTNERS]],
    ['an inequality', daddr({ prefix: { addr: '203.0.113.0', len: 24 } }, '!='), [ELSEWHERE]],
    ['an anonymous set', daddr({ set: ['203.0.113.0', { range: ['203.0.113.1', '203.0.113.255'] }] }), [TO_PARTNERS]],
    ['a named set', daddr('@s'), [{ on: 'named-set', name: 'ip t s', of: 'destination', negated: false }]],
    ['another order', daddr('203.0.113.0', '<'), [{ on: 'unknown' }]],
    ['a range that ends before it starts', daddr({ range: ['203.0.113.9', '203.0.113.1'] }), [{ on: 'unknown' }]],
    ['host bits', daddr({ prefix: { addr: '203.0.113.9', len: 24 } }), [{ on: 'unknown' }]],
    ['the other family', daddr('2001:db8::1', '!=', 'ip6'), [{ on: 'destination', set: IntervalSet.empty(4) }]],
    ['own family', { match: { op: '==', left: { meta: { key: 'nfproto' } }, right: 'ipv4' } }, []],
    [
      'not own family',
      { match: { op: '!=', left: { meta: { key: 'protocol' } }, right: 'ip' } },
      [{ set: IntervalSet.empty(4) }],
    ],
    ['a state', { match: { op: 'in', left: { ct: { key: 'state' } }, right: ['new'] } }, [{ on: 'unknown' }]],
    ['an interface', { match: { op: '==', left: { meta: { key: 'oifname' } }, right: 'eth0' } }, [{ on: 'unknown' }]],
    ['bits of a mark', { match: { op: 'in', left: mark, right: 4 } }, [{ on: 'unknown' }]],
    [
      'a mark',
      { match: { op: '!=', left: { '&': [mark, 4] }, right: 0 } },
      [{ on: 'mark', value: 0, mask: 4, negated: true }],
    ],
    [
      'protocols',
      { match: { op: '==', left: { meta: { key: 'l4proto' } }, right: { set: ['tcp', 17] } } },
      [{ protocols: ['tcp', 'udp'] }],
    ],
    [
      'all by chance',
      { match: { op: '<', left: { numgen: { mode: 'random', mod: 4, offset: 0 } }, right: 4 } },
      [{ on: 'unknown' }],
    ],
    [
      'a half by chance',
      { match: { op: '<', left: { numgen: { mode: 'random', mod: 4, offset: 0 } }, right: 2 } },
      [{ on: 'chance' }],
    ],
    [
      'an address of the node',
      { match: { op: '==', left: { fib: { result: 'type', flags: ['daddr'] } }, right: 'local' } },
      [{ on: 'destination-type', type: 'LOCAL' }],
    ],
    [
      'an address of an interface',
      { match: { op: '==', left: { fib: { result: 'type', flags: ['daddr', 'oif'] } }, right: 'local' } },
      [{ on: 'unknown' }],
    ],
    ['nonsense', { match: { op: '==', right: 1 } }, [{ on: 'unknown' }]],
  ])('asks for %s', (_, statement, conditions) => {
    const rule = nftRule([statement, { counter: { packets: 0, bytes: 0 } }, { return: null }]);
    expect(rule.conditions).toMatchObject(conditions);
    expect(rule.conditions.length).toBe(conditions.length);
    expect(rule.verdict).toEqual({ kind: 'return' });
  });

  test.each<readonly [unknown, object]>([
    [[{ masquerade: null }], { kind: 'masquerade', randomFully: false }],
    [[{ masquerade: { flags: ['random', 'fully-random'] } }], { kind: 'masquerade', randomFully: true }],
    [[{ masquerade: { port: { range: [1, 9] }, flags: 'fully-random' } }], { toPorts: '1-9', randomFully: true }],
    [[{ masquerade: { port: 80 } }], { toPorts: '80' }],
    [[{ masquerade: { port: '@ports' } }], { kind: 'unknown' }],
    [[{ masquerade: { flags: 'new' } }], { kind: 'unknown' }],
    [
      [{ snat: { family: 'ip', addr: '192.168.1.10', flags: 'persistent' } }],
      { kind: 'snat', sourceIP: '192.168.1.10' },
    ],
    [[{ snat: { family: 'ip6', addr: '2001:db8::1' } }], { kind: 'continue' }],
    [[{ snat: { addr: { range: ['192.168.1.10', '192.168.1.12'] } } }], { kind: 'unknown' }],
    [[{ snat: { addr: '192.168.1.10', port: 80 } }], { kind: 'unknown' }],
    [[{ jump: { target: 'x' } }], { kind: 'jump', chain: 'ip t x' }],
    [[{ vmap: {} }], { kind: 'unknown' }],
    [[{ xt: null }], { kind: 'unknown' }],
    [[{ mangle: { key: mark, value: { '^': [mark, 0x4000] } } }], { kind: 'set-mark', clear: 0, flip: 0x4000 }],
    [[{ mangle: { key: mark, value: { '|': [{ '&': [mark, 0xff00] }, 0x12] } } }], { clear: 0xffff00ff, flip: 0x12 }],
    [[{ mangle: { key: mark, value: 5 } }], { clear: 0xffffffff, flip: 5 }],
    [[{ mangle: { key: mark, value: { ct: { key: 'mark' } } } }], { kind: 'unknown' }],
    [
      [{ mangle: { key: { payload: { protocol: 'ip', field: 'saddr' } }, value: '192.168.1.10' } }],
      { kind: 'unknown' },
    ],
    [[{ mangle: { key: mark, value: 5 } }, { accept: null }], { kind: 'unknown' }],
    [[{ mangle: { key: mark, value: 5 } }, daddr('203.0.113.1'), { accept: null }], { kind: 'unknown' }],
    [[{ counter: null }, { log: { prefix: 'x' } }], { kind: 'continue' }],
    ['nonsense', { kind: 'unknown' }],
    [[7], { kind: 'unknown' }],
  ])('does %j', (expr, verdict) => {
    expect(nftRule(expr).verdict).toMatchObject(verdict);
  });
});

describe('a ruleset of nft -j', () => {
  const table = (fields: object) => ({ table: { family: 'ip', name: 't', handle: 1, ...fields } });
  const chain = { family: 'ip', table: 't', name: 'c', type: 'nat', hook: 'postrouting', prio: 100, policy: 'accept' };
  const ruleset = (...nftables: unknown[]) => readNftRuleset(4, { nftables });

  test.each([
    ['no list', {}],
    ['a rule of no chain', { nftables: [{ rule: { family: 'ip', table: 't', chain: 'c', expr: [] } }] }],
    ['a base chain without a priority', { nftables: [{ chain: { ...chain, prio: 'srcnat' } }] }],
    ['a chain twice', { nftables: [{ chain }, { chain }] }],
    ['something that is no entry', { nftables: ['table'] }],
  ])('is refused: %s', (_, json) => {
    expect(readNftRuleset(4, json)).toBeUndefined();
  });

  test('leaves out what the kernel does not ask', () => {
    expect(ruleset(table({}), { chain })!.ruleset.hooks).toEqual([{ chain: 'ip t c', nat: true, priority: 100 }]);
    expect(ruleset(table({ flags: 'dormant' }), { chain })!.ruleset.hooks).toEqual([]);
    expect(ruleset({ chain: { ...chain, hook: 'prerouting' } })!.ruleset.hooks).toEqual([]);
    expect(ruleset({ chain: { ...chain, family: 'ip6' } })!.ruleset.hooks).toEqual([]);
    expect(ruleset({ chain: { ...chain, table: 'mangle', type: 'filter' } })!.ruleset.hooks).toEqual([]);
    expect(ruleset({ chain: { ...chain, table: 'mangle' } })!.ruleset.hooks).toHaveLength(1);
    expect(ruleset({ chain: { ...chain, table: 'nat' } })!.ruleset.hooks).toHaveLength(1);
    expect(ruleset({ chain: { ...chain, family: 'inet', table: 'nat' } })!.ruleset.hooks).toHaveLength(1);
  });

  test("takes iptables' own rules from iptables-save, and those that it does not print whole from nft", () => {
    const rules = [
      [{ counter: null }, { xt: { type: 'target', name: 'MASQUERADE' } }],
      [daddr('@s'), { return: null }],
      [daddr({ prefix: { addr: '10.0.0.0', len: 8 } }), { counter: null }, { return: null }],
      [daddr({ range: ['10.0.0.1', '10.0.0.5'] }), { return: null }],
      [daddr('10.0.0.1', '<'), { return: null }],
      [{ vmap: { key: mark, data: { set: [] } } }],
    ].map((expr, i) => ({ rule: { family: 'ip', table: 't', chain: 'c', handle: i, expr } }));
    const saved = rules.map((_, i) => readIptablesRule(4, `-m comment --comment "${i}" -j MASQUERADE`));
    const texts = (json: unknown[], known: readonly NatRule[]) =>
      readNftRuleset(4, { nftables: json }, { saved: new Map([['ip t c', known]]) })!
        .ruleset.chains.get('ip t c')!
        .rules.map(({ text }) => (text.includes('handle') ? 'nft' : text));
    const [first, , third] = saved.map(({ text }) => text);
    expect(texts([{ chain }, ...rules], saved)).toEqual([first, 'nft', third, 'nft', 'nft', 'nft']);
    // They were not read in the same moment.
    expect(texts([{ chain }, ...rules], saved.slice(1))).toEqual([expect.stringContaining('list different rules')]);
    expect(readNftRuleset(4, { nftables: [{ chain }, rules[0]!] })!.ruleset.chains.get('ip t c')!.rules).toMatchObject([
      { verdict: { kind: 'unknown' } },
    ]);
  });

  test('doubts a table with flags that make no sense, as nft 1.0.6 prints them', () => {
    const read = ruleset(table({ flags: 'Lester Gooch #5' }), { chain })!.ruleset;
    expect(read.chains.get('ip t c')!.rules).toMatchObject([{ verdict: { kind: 'unknown' } }]);
    expect(ruleset(table({ flags: ['owner', 'persist'] }), { chain })!.ruleset.chains.get('ip t c')!.rules).toEqual([]);
  });

  test('knows sets of addresses, and no others', () => {
    const set = (fields: object) => ({ set: { family: 'ip', table: 't', name: 's', type: 'ipv4_addr', ...fields } });
    const read = (fields: object) => ruleset(set(fields))!.sets.get('ip t s');
    const timed = { elem: { val: { prefix: { addr: '203.0.113.0', len: 24 } }, timeout: 9, expires: 8, comment: 'x' } };
    expect(read({ elem: [timed] })!.equals(IntervalSet.ofCidr(cidr('203.0.113.0/24')))).toBe(true);
    expect(read({})!.isEmpty()).toBe(true);
    expect(read({ type: 'inet_service', elem: [80] })).toBeUndefined();
    expect(read({ type: ['ipv4_addr', 'inet_service'] })).toBeUndefined();
    expect(read({ elem: ['*'] })).toBeUndefined();
  });
});
