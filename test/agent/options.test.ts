import { describe, expect, test } from 'vitest';
import { parseOptions } from '../../agent/options';
import { parseMasqAgentOptions } from '../../core/agentfile/options';

describe('wrong usage is refused, with what to write instead:', () => {
  test.each([
    ['--masq-chain=KUBE-POSTROUTING', 'chain "KUBE-POSTROUTING" belongs to Kubernetes; choose one of your own'],
    ['--masq-chain=CNI-x', 'chain "CNI-x" belongs to CNI plugins; choose one of your own'],
    ['--masq-chain=cali-nat-outgoing', 'chain "cali-nat-outgoing" belongs to Calico; choose one of your own'],
    ['--masq-chain=CILIUM_POST_nat', 'chain "CILIUM_POST_nat" belongs to Cilium; choose one of your own'],
    ['--masq-chain=POSTROUTING', 'chain "POSTROUTING" belongs to the kernel; choose one of your own'],
    ['--masq-chain=MASQUERADE', 'chain "MASQUERADE" has the name of an iptables target; choose one of your own'],
    [`--masq-chain=${'A'.repeat(29)}`, `chain "${'A'.repeat(29)}" has 29 characters; iptables takes at most 28`],
    ['--masq-chain=-x', 'chain "-x" is no iptables chain name; write letters, digits, "-" and "_"'],
    ['--to-ports=abc', '--to-ports: "abc" is no port range; write "1024-29999"'],
    ['--to-ports=0-10', '--to-ports: port range "0-10" is outside of 1 to 65535; write "1-10"'],
    ['--to-ports=1024-70000', '--to-ports: port range "1024-70000" is outside of 1 to 65535; write "1024-65535"'],
    ['--to-ports=2000-1000', '--to-ports: port range "2000-1000" runs backwards; write "1000-2000"'],
    ['--enable-ipv6=maybe', '--enable-ipv6 is either true or false; "--enable-ipv6=maybe" is not'],
    ['--enabel-ipv6', 'there is no option --enabel-ipv6; did you mean --enable-ipv6?'],
    ['--resync=60s', 'there is no option --resync; masq-agent help lists them'],
    ['--backend=nftable', '--backend=nftable: did you mean nftables?'],
    ['--backend=ebpf', '--backend=ebpf: write one of auto, iptables, nftables'],
    ['--once=yes', '--once=yes: write true or false'],
    ['--config=', '--config needs a value; write --config=FILE'],
    ['--config', '--config needs a value; write --config=FILE'],
    ['--backend=', '--backend needs a value; write --backend=auto|iptables|nftables'],
    ['nonsense', '"nonsense" is neither a command nor an option; the commands are run, check, status, healthz'],
    ['nonsense --enable-ipv6', '"nonsense" is neither a command nor an option'],
    ['--enable-ipv6 true', '"true" is neither a command nor an option'],
    ['chek', '"chek" is no command; did you mean "check"?'],
    ['run now', '"now" is no option; run takes nothing else'],
    ['-- run', '"--" is neither a command nor an option'],
    ['check', 'check needs a file, or - for standard input; write masq-agent check FILE'],
    ['status --once', '--once is an option of run, not of status'],
    ['--ready', '--ready is an option of healthz, not of run'],
    ['healthz --log-format=json', '--log-format is an option of run, status and serve, not of healthz'],
    ['cleanup --masq-chain=OLD', '--masq-chain is an option of run, not of cleanup'],
    ['check --enable-ipv6 x', '--enable-ipv6 is an option of run, not of check'],
    ['check --enabel-ipv6 x', 'there is no option --enabel-ipv6; did you mean --enable-ipv6?'],
    [
      '--pod-cidrs=10.244.0.0/16,10.245.0.1/16',
      '--pod-cidrs: CIDR "10.245.0.1/16" has host bits set; did you mean "10.245.0.0/16"?',
    ],
    ['--pod-cidrs=10.244.0.0/16,', '--pod-cidrs: nothing stands beside a comma; write CIDRs such as'],
    ['--pod-cidrs', '--pod-cidrs needs a value; write --pod-cidrs=CIDR[,...]'],
    ['--masq-chain=', '--masq-chain needs a value; write --masq-chain=NAME'],
    ['--v', '--v needs a value; write --v=VALUE'],
    ['--to-ports=1-2,', '--to-ports: nothing stands beside a comma; write ranges such as'],
    ['serve --listen=:9797', '--listen=:9797: write an address and a port, such as 127.0.0.1:9797, 0.0.0.0:9797'],
    ['serve --listen=127.0.0.1:65536', '--listen=127.0.0.1:65536: a port is a number from 1 to 65535'],
    ['status --pod-cidrs=10.244.0.0/16', '--pod-cidrs is an option of run, not of status'],
    ['help nonsense', '"nonsense" is neither a command nor an option'],
    ['stats --help', '"stats" is no command; did you mean "status"?'],
    ['help check run', 'help takes one command; "run" is one too many'],
    ['check a b', 'check takes one file; "b" is one too many'],
  ])('%s', (words, message) => {
    const parsed = parseOptions(words.split(' '));
    expect(parsed).toEqual({ ok: false, message: expect.stringContaining(message) });
  });
});

describe('calls of ip-masq-agent are taken:', () => {
  test.each([
    ['--masq-chain=IP-MASQ --nomasq-all-reserved-ranges', { chain: 'IP-MASQ', nomasqAllReservedRanges: true }],
    ['-masq-chain IP-MASQ', { chain: 'IP-MASQ' }],
    ['--enable-ipv6=true --random-fully=false', { enableIPv6: true, randomFully: false }],
    ['--enable-ipv6=1 --random-fully=F', { enableIPv6: true, randomFully: false }],
    ['--v=2 --logtostderr --to-ports=1024-29999', { toPorts: '1024-29999' }],
    ['--v 2 --enable-ipv6', { enableIPv6: true }],
    ['--logtostderr=false --alsologtostderr -v=4', {}],
    [`--masq-chain=${'A'.repeat(28)}`, { chain: 'A'.repeat(28) }],
  ])('%s', (words, flags) => {
    const parsed = parseOptions(words.split(' '));
    expect(parsed).toMatchObject({ ok: true, options: { command: 'run', flags } });
  });

  test('together with options of masq-agent, in any order', () => {
    const words = '--once --v 2 run --config /x --enable-ipv6 --backend=iptables --dry-run=false'.split(' ');
    expect(parseOptions(words)).toMatchObject({
      ok: true,
      options: {
        command: 'run',
        config: '/x',
        once: true,
        dryRun: false,
        backend: 'iptables',
        flags: { enableIPv6: true },
      },
    });
  });
});

test.each([
  ['--once=T -dry-run=1', ['once', 'dry-run']],
  ['--once --dry-run --once=F', ['dry-run']],
])('its own switches have the forms of the other flags: %s', (words, toggles) => {
  expect([...parseMasqAgentOptions(words.split(' ')).toggles]).toEqual(toggles);
});
