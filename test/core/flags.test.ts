import { describe, expect, it } from 'vitest';
import {
  type AgentFlags,
  AZURE_FLAG_NAMES,
  chainFault,
  DEFAULT_FLAGS,
  type ParsedFlags,
  parseAgentFlags,
  portRangeFault,
} from '../../core/agentfile/flags';

type Faults = readonly (readonly [number, ParsedFlags['faults'][number]['kind'], string])[];

describe('the arguments of ip-masq-agent', () => {
  it.each<[readonly string[], Partial<AgentFlags>, Faults]>([
    [[], {}, []],
    [['--masq-chain=IP-MASQ'], { chain: 'IP-MASQ' }, []],
    [['--masq-chain', 'IP-MASQ'], { chain: 'IP-MASQ' }, []],
    [['-masq-chain=IP-MASQ'], { chain: 'IP-MASQ' }, []],
    [['--masq-chain=A', '--masq-chain=B'], { chain: 'B' }, []],
    [['--masq-chain='], { chain: '' }, []],
    [['--enable-ipv6', '--masq-chain'], { enableIPv6: true }, [[1, 'missing', 'masq-chain']]],
    [['--to-ports'], {}, [[0, 'missing', 'to-ports']]],
    [['--vmodule'], {}, [[0, 'missing', 'vmodule']]],
    [['--to-ports=1024-29999,32768-65535'], { toPorts: '1024-29999,32768-65535' }, []],
    [['--to-ports', '1024'], { toPorts: '1024' }, []],
    [['--to-ports='], {}, []],
    [['--nomasq-all-reserved-ranges'], { nomasqAllReservedRanges: true }, []],
    [['--nomasq-all-reserved-ranges=false'], {}, []],
    [['--enable-ipv6'], { enableIPv6: true }, []],
    [['--enable-ipv6=1', '--random-fully=F'], { enableIPv6: true, randomFully: false }, []],
    [['--random-fully=FALSE'], { randomFully: false }, []],
    [['--random-fully=no'], {}, [[0, 'value', 'random-fully']]],
    [['--enable-ipv6='], {}, [[0, 'value', 'enable-ipv6']]],
    [['--random-fully', 'false', '--enable-ipv6'], {}, [[1, 'positional', 'false']]],
    [['--', '--enable-ipv6'], {}, [[0, 'positional', '--']]],
    [['-', '--enable-ipv6'], {}, [[0, 'positional', '-']]],
    [['', '--enable-ipv6'], {}, [[0, 'positional', '']]],
    [['---enable-ipv6'], {}, [[0, 'unknown', '-enable-ipv6']]],
    [['--=1'], {}, [[0, 'unknown', '']]],
    [['--enable-ipv6 --masq-chain=A'], {}, [[0, 'unknown', 'enable-ipv6 --masq-chain']]],
    [['-v 2', '--enable-ipv6'], { enableIPv6: true }, [[0, 'unknown', 'v 2']]],
    [['-v=2', '--v', '4', '--logtostderr', '--log-dir', '/tmp', '--log_dir=/tmp'], {}, []],
    [['--v', '4', '--enable-ipv6'], { enableIPv6: true }, []],
    [['--logtostderr=false', '--alsologtostderr', '--enable-ipv6'], { enableIPv6: true }, []],
    [['--sync-period=60s', '--enable-ipv6'], { enableIPv6: true }, [[0, 'unknown', 'sync-period']]],
    [['--Enable-IPv6'], {}, [[0, 'unknown', 'Enable-IPv6']]],
  ])('%j', (args, flags, faults) => {
    const parsed = parseAgentFlags(args);
    expect(parsed.flags).toEqual({ ...DEFAULT_FLAGS, ...flags });
    expect(parsed.faults.map(({ index, kind, name }) => [index, kind, name])).toEqual(faults);
  });

  it.each<[readonly string[], number | undefined, Faults]>([
    [['--resync-interval=60', '--enable-ipv6'], 60, []],
    [['--resync-interval', '30', '--enable-ipv6'], 30, []],
    [['--resync-interval=60s', '--enable-ipv6'], undefined, [[0, 'value', 'resync-interval']]],
    [['--resync-interval=010', '--enable-ipv6'], undefined, [[0, 'value', 'resync-interval']]],
    [['--enable-ipv6', '--resync-interval'], undefined, [[1, 'missing', 'resync-interval']]],
    [
      ['--to-ports=1', '--random-fully', '--enable-ipv6'],
      undefined,
      [
        [0, 'unknown', 'to-ports'],
        [1, 'unknown', 'random-fully'],
      ],
    ],
  ])("of Azure's agent, %j", (args, seconds, faults) => {
    const parsed = parseAgentFlags(args, AZURE_FLAG_NAMES);
    expect(parsed.resyncSeconds).toBe(seconds);
    expect(parsed.flags).toEqual({ ...DEFAULT_FLAGS, enableIPv6: true });
    expect(parsed.faults.map(({ index, kind, name }) => [index, kind, name])).toEqual(faults);
  });

  it('are told by the index of the argument that decides', () => {
    const { at } = parseAgentFlags(['-v', '2', '--masq-chain', 'A', '--masq-chain=B', '--to-ports', '1']);
    expect([...at]).toEqual([
      ['v', 0],
      ['masq-chain', 4],
      ['to-ports', 5],
    ]);
  });
});

it.each([
  ['IP-MASQ', undefined],
  ['IP-MASQ-AGENT', undefined],
  ['x'.repeat(28), undefined],
  ['x'.repeat(29), 'has 29 characters; iptables takes at most 28'],
  ['', 'is no iptables chain name; write letters, digits, "-" and "_"'],
  ['-x', 'is no iptables chain name; write letters, digits, "-" and "_"'],
  ['a b', 'is no iptables chain name; write letters, digits, "-" and "_"'],
  ['MARK', 'has the name of an iptables target; choose one of your own'],
  ['MASQUERADE', 'has the name of an iptables target; choose one of your own'],
  ['MASQ', undefined],
  ['POSTROUTING', 'belongs to the kernel; choose one of your own'],
  ['KUBE-POSTROUTING', 'belongs to Kubernetes; choose one of your own'],
  ['CNI-abc', 'belongs to CNI plugins; choose one of your own'],
  ['cali-nat', 'belongs to Calico; choose one of your own'],
  ['CILIUM_POST_nat', 'belongs to Cilium; choose one of your own'],
])('the chain %j', (name, fault) => {
  expect(chainFault(name)).toBe(fault && `chain "${name}" ${fault}`);
});

it.each([
  ['1024-29999', undefined],
  ['1', undefined],
  ['65535', undefined],
  ['80-80', undefined],
  ['0', 'port range "0" is outside of 1 to 65535; write "1024-29999"'],
  ['65536', 'port range "65536" is outside of 1 to 65535; write "1024-29999"'],
  ['1-65536', 'port range "1-65536" is outside of 1 to 65535; write "1-65535"'],
  ['0-1', 'port range "0-1" is outside of 1 to 65535; write "1-1"'],
  ['100-0', 'port range "100-0" is outside of 1 to 65535; write "1-100"'],
  ['70000-1024', 'port range "70000-1024" is outside of 1 to 65535; write "1024-65535"'],
  ['2000-1000', 'port range "2000-1000" runs backwards; write "1000-2000"'],
  ['', '"" is no port range; write "1024-29999"'],
  ['1024:2000', '"1024:2000" is no port range; write "1024-29999"'],
  ['010-020', '"010-020" is no port range; write "1024-29999"'],
  [' 1024', '" 1024" is no port range; write "1024-29999"'],
])('the port range %j', (text, fault) => {
  expect(portRangeFault(text)).toBe(fault);
});
