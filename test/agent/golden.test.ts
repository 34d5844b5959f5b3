import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FAMILIES, type Family } from '../../core/address';
import { hasKernel } from '../dataplane/kernel';
import { FLAVOURS, ownLines, TestNode, textIf, until } from './node-lab';
import { buildProgram, isBuildable, RUNTIMES } from './runtimes';

/** What the real ip-masq-agent wrote, shared between projects; the cases of `OWN` are part of this repo. */
const GOLDEN = join(__dirname, '../../../shared/golden');
const recorded = existsSync(GOLDEN);
if (!recorded) console.warn("SKIPPED: ../shared/golden is not there; the real agent's rules are not compared");

/** Recordings that are not of one file on a fresh node: see below, traps.test.ts and fault.test.ts. */
const APART = [
  '120-config-is-directory',
  '124-no-NET_ADMIN',
  '127-net-admin-only',
  '134-restart-with-invalid-keeps-old-rules',
  '72-invalid-after-good-then-rules-flushed',
  '73-invalid-at-first-start-then-fixed',
  '95-jump-order-vs-kube',
  '97-chain-renamed-leaves-old',
];

/** Input that masq refuses, whatever the real agent made of it, and what the refusal says. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  '101-four-null-items': /MQ211/,
  '102-null-item-nomasq-all': /MQ211/,
  '31-resync-string-60': /MQ216 .*60s/,
  '36-resync-negative': /MQ311/,
  '37-resync-zero-string': /MQ311/,
  '40-resync-empty-string': /MQ216/,
  '42-resync-sexagesimal-1:00': /MQ216/,
  '43-unaligned-198.15.5.92-24': /198\.15\.5\.0\/24/,
  '47-ipv4-mapped-ipv6-noflag': /MQ109/,
  '51-typo-nonMasqueradeCIDR': /MQ203 .*nonMasqueradeCIDRs/,
  '52-typo-masqLinklocal-case': /MQ203 .*nonMasqueradeCIDRs/,
  '53-null-cidrs': /MQ211/,
  '56-list-with-null-item': /MQ211/,
  '60-cidrs-as-map': /nonMasqueradeCIDRs/,
  '62-65-cidrs-default-limit': /64/,
  '65-cidrLimit-zero': /cidrLimit/,
  '68-invalid-yaml': /:\d+:\d+ error/,
  '75-yaml-multi-doc': /MQ215/,
  '84-netmask-notation': /10\.0\.0\.0\/8/,
  '90-anchors': /MQ203/,
};

/** Flags that masq refuses, and what the refusal says. */
const MISUSED: Readonly<Record<string, RegExp>> = {
  '114-chain-is-KUBE-POSTROUTING': /"KUBE-POSTROUTING" belongs to Kubernetes/,
  '29-to-ports-garbage': /"abc" is no port range/,
  '99-positional-argument': /"nonsense"/,
};

/** The file in the end, where it changed while the agent ran; undefined: there was none. */
const IN_THE_END: Readonly<Record<string, string | undefined>> = {
  '70-file-deleted-while-running': undefined,
  '74-good-to-good': 'config.1',
  '91-wrong-filename-config': undefined,
};

/**
 * Recordings of a running agent whose file or rules changed, and the one with the rules that masq's are to be in the
 * end: it heals what the real agent left, and takes a mended file at once.
 */
const PLAYED: Readonly<Record<string, string | RegExp>> = {
  '70-file-deleted-while-running': 'iptables.txt',
  '71-invalid-after-good': 'iptables.txt',
  '72-invalid-after-good-then-rules-flushed': 'iptables.0-first.txt',
  '73-invalid-at-first-start-then-fixed': /-d 10\.2\.0\.0\/16 /,
  '74-good-to-good': 'iptables.txt',
  '92-kill-leaves-rules': 'iptables.txt',
  '93-jump-deleted-healed': 'iptables.txt',
};

const names = recorded
  ? readdirSync(GOLDEN, { withFileTypes: true })
      .filter(entry => entry.isDirectory())
      .map(entry => entry.name)
  : [];
const valid = names.filter(name => ![...APART, ...Object.keys(REFUSED), ...Object.keys(MISUSED)].includes(name));

const read = (name: string, file: string): string | undefined => textIf(join(GOLDEN, name, file));
const flagsOf = (name: string): string[] => (read(name, 'flags') ?? '').split(/\s+/).filter(flag => flag !== '');
const saved = (name: string, family: Family): string[] =>
  ownLines(read(name, family === 4 ? 'iptables.txt' : 'ip6tables.txt')!);

/** Facts of the recordings that hold without them. */
const OWN: readonly {
  readonly name: string;
  readonly file?: string;
  readonly flags: readonly string[];
  readonly rules: readonly (readonly string[])[];
}[] = [
  {
    name: 'no file: RFC 1918',
    flags: [],
    rules: [own('IP-MASQ-AGENT', ['169.254.0.0/16', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']), []],
  },
  {
    name: 'the order of the file, and duplicates',
    file: 'nonMasqueradeCIDRs:\n- 10.0.0.0/8\n- 10.0.0.0/8\n- 10.1.0.0/16\n- 9.9.9.9/32\n',
    flags: ['--masq-chain=IP-MASQ', '--random-fully=false'],
    rules: [own('IP-MASQ', ['169.254.0.0/16', '10.0.0.0/8', '10.0.0.0/8', '10.1.0.0/16', '9.9.9.9/32'], ['']), []],
  },
  {
    name: 'both families with ports',
    file: '{"nonMasqueradeCIDRs": ["10.0.0.0/8", "fd00::/8"], "masqLinkLocal": true}',
    flags: ['--enable-ipv6', '--to-ports=1024-29999'],
    rules: [
      own('IP-MASQ-AGENT', ['10.0.0.0/8'], portEnds('1024-29999')),
      own('IP-MASQ-AGENT', ['fe80::/10', 'fd00::/8'], portEnds('1024-29999')),
    ],
  },
];

/** The protocols that have ports, each with its rule, and one for all the others. */
function portEnds(ports: string): string[] {
  return ['tcp', 'udp', 'sctp'].map(name => `-p ${name} ${ports}`).concat(' --random-fully');
}

/** What iptables-save prints of an agent's chain. */
function own(chain: string, preserved: readonly string[], ends: readonly string[] = [' --random-fully']): string[] {
  const comment = (text: string): string => `-m comment --comment "ip-masq-agent: ${text}"`;
  const jump = comment(`ensure nat POSTROUTING directs all non-LOCAL destination traffic to our custom ${chain} chain`);
  const masquerade = comment('outbound traffic is subject to MASQUERADE (must be last in chain)');
  return [
    `:${chain} -`,
    `-A POSTROUTING ${jump} -m addrtype ! --dst-type LOCAL -j ${chain}`,
    ...preserved.map(
      cidr => `-A ${chain} -d ${cidr} ${comment('local traffic is not subject to MASQUERADE')} -j RETURN`,
    ),
    ...ends.map(end => {
      const [, match, ports] = /^(-p \w+) (\S+)$/.exec(end) ?? [];
      return match
        ? `-A ${chain} ${match} ${masquerade} -j MASQUERADE --to-ports ${ports} --random-fully`
        : `-A ${chain} ${masquerade} -j MASQUERADE${end}`;
    }),
  ];
}

test('the recordings are there in CI', () => {
  if (process.env.CI) expect(recorded).toBe(true);
});

test.runIf(recorded)('every recording that is set apart exists, and most are compared', () => {
  const apart = [...APART, ...Object.keys(REFUSED), ...Object.keys(MISUSED), ...Object.keys(IN_THE_END)];
  expect(apart.filter(name => !names.includes(name))).toEqual([]);
  expect(valid.length).toBeGreaterThan(35);
});

const root = mkdtempSync(join(tmpdir(), 'masq-golden-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe.runIf(hasKernel()).each(RUNTIMES)('--once on %s', runtime => {
  describe.runIf(isBuildable(runtime)).each(FLAVOURS)('with iptables-%s', flavour => {
    let program: readonly string[];
    let node: TestNode;
    beforeAll(async () => {
      const folder = join(root, `${runtime}-${flavour}`);
      mkdirSync(folder);
      program = await buildProgram(runtime, 'agent/entry', folder);
    });
    beforeEach(async () => {
      node = await TestNode.start(flavour);
    });
    afterEach(() => node.stop());

    test.each(OWN)('$name', ({ file, flags, rules }) => {
      if (file !== undefined) node.configure(file);
      const { status, stderr } = node.once(program, flags);
      expect({ status, stderr }).toMatchObject({ status: 0 });
      expect(FAMILIES.map(family => node.rules(family))).toEqual(rules);
    });

    test.each(valid)('writes what the real agent wrote: %s', name => {
      const file = read(name, name in IN_THE_END ? (IN_THE_END[name] ?? 'absent') : 'config');
      if (file !== undefined) node.configure(file);
      const { status, stderr } = node.once(program, flagsOf(name));
      expect({ status, stderr }).toMatchObject({ status: 0 });
      for (const family of FAMILIES) expect(node.rules(family)).toEqual(saved(name, family));
    });

    test.each(recorded ? Object.entries(REFUSED) : [])('refuses the file: %s', (name, why) => {
      node.configure(read(name, 'config')!);
      const { status, stderr } = node.once(program, flagsOf(name));
      expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(why) });
      expect(node.allRules()).toEqual([]);
      expect(node.state()).toMatchObject({ verdict: 'refused', ready: false });
    });

    test.runIf(flavour === 'nft').each(recorded ? Object.entries(PLAYED) : [])(
      'runs while things change: %s',
      async (name, wanted) => {
        node.configure(read(name, 'config')!);
        const { child, ended } = node.start(program, flagsOf(name));
        const holds = (file: string): boolean => node.rules().join() === ownLines(read(name, file)!).join();
        await until('the first rules', () => holds('iptables.0-first.txt'));
        await until('published', () =>
          /"(?:enforced|refused)"/.test(node.sh('cat /run/masq-agent/state.json || true')),
        );
        for (let step = 1; step <= 2; step++) {
          const [config, command] = [read(name, `config.${step}`), read(name, `cmd.${step}`)];
          if (config !== undefined) node.configure(config);
          if (existsSync(join(GOLDEN, name, `config.${step}.deleted`))) unlinkSync(node.config);
          if (command !== undefined) node.sh(command.replaceAll('iptables ', 'iptables-nft '));
          // A look at the file and a resync.
          if (config !== undefined) await new Promise(resolve => setTimeout(resolve, 1500));
        }
        if (name.startsWith('92-')) {
          child.kill('SIGTERM');
          expect(await ended).toBe(0);
        }
        await until(`rules as in ${wanted}`, () =>
          typeof wanted === 'string' ? holds(wanted) : wanted.test(node.rules().join('\n')),
        );
      },
    );

    test.each(recorded ? Object.entries(MISUSED) : [])('refuses the flags: %s', (name, why) => {
      node.configure('nonMasqueradeCIDRs: [10.0.0.0/8]\n');
      const { status, stderr } = node.once(program, flagsOf(name));
      expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringMatching(why) });
      expect(node.allRules()).toEqual([]);
    });
  });
});
