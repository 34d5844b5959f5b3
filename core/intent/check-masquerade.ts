import { BITS, type Both, both, FAMILIES, formatAddress, IntervalSet, setsOf } from '../address';
import { checkRedundancy } from './check-list';
import { checkPodsElsewhere, firstShared } from './check-network';
import type { Entry } from './entry';
import type { Findings } from './findings';
import type { ClusterModel, MasqueradeModel } from './model';
import { internetSet, LINK_LOCAL, rfc1918 } from './special';

const MASQUERADE = ['spec', 'masquerade'] as const;

/** Checks what is preserved and what is masqueraded against the cluster's facts. */
export function checkMasquerade(model: ClusterModel, findings: Findings): void {
  const list = model.masquerade;
  if (!list) {
    checkDisabledSnat(model, findings);
    return;
  }
  checkRedundancy(list.preserve, findings);
  checkRedundancy(list.always, findings);
  checkOwnRanges(model, list, findings);
  checkLinkLocal(list, findings);
  checkInternet(model, list, findings);
  checkPodsElsewhere(model, findings);
  checkFamilies(model, list, findings);
  const raw = (model.document.value as { spec: { masquerade: { preserve?: unknown } } }).spec.masquerade.preserve;
  if (Array.isArray(raw) && raw.length === 0) {
    findings.add(
      'MQ307',
      [...MASQUERADE, 'preserve'],
      {
        message:
          "the list is empty: everything but link-local and the cluster's own ranges is masqueraded; is that meant?",
      },
      'key',
    );
  }
}

/** The cluster's own ranges stay preserved whatever the lists say: asking for the opposite is a mistake. */
function checkOwnRanges(model: ClusterModel, list: MasqueradeModel, findings: Findings): void {
  const { nodes, pods, services } = model.network;
  const own: [string, readonly Entry[]][] = [
    ['node', nodes],
    ['pod', pods],
    ['service', services],
  ];
  const wanted: [Entry | { path: Entry['path']; text: string }, Both<IntervalSet>, string][] = [
    ...list.always.map((e): [Entry, Both<IntervalSet>, string] => [e, e.sets, 'masquerades']),
    ...list.preserve
      .filter(e => e.exceptions.length > 0)
      .map((e): [Entry, Both<IntervalSet>, string] => [e, takenOut(e), 'excepts']),
  ];
  for (const [entry, taken, verb] of wanted) {
    for (const [role, ranges] of own) {
      for (const range of ranges) {
        const shared = firstShared(taken, range.sets);
        if (!shared) continue;
        findings.add('MQ301', entry.path, {
          message: `"${entry.text}" ${verb} ${shared}, which is in the cluster's ${role} range "${range.text}"; traffic inside the cluster must keep its source`,
          related: [{ ...findings.document.at(range.path), message: `the ${role} range` }],
        });
      }
    }
  }
}

function takenOut(entry: Entry): Both<IntervalSet> {
  const whole = setsOf(entry.cidrs);
  return both(f => whole[f].subtract(entry.sets[f]));
}

/** Masquerading link-local needs both steps: the key, and no entry that contains the range. */
function checkLinkLocal(list: MasqueradeModel, findings: Findings): void {
  const keys = { 4: 'linkLocal', 6: 'linkLocalIPv6' } as const;
  for (const family of FAMILIES) {
    const key = keys[family];
    const range = family === 4 ? '169.254.0.0/16' : 'fe80::/10';
    if (list[key] === 'masquerade') {
      for (const entry of list.preserve) {
        const first = entry.sets[family].intersect(LINK_LOCAL[family]).first();
        if (!first) continue;
        const fix = LINK_LOCAL[family].containsSet(entry.sets[family]) ? 'remove the entry' : `except ${range} here`;
        findings.add('MQ302', entry.path, {
          message: `"${entry.text}" preserves ${formatAddress(first)}, but ${key} says masquerade; ${fix}, or drop the key`,
          related: [{ ...findings.document.at([...MASQUERADE, key]), message: `${key}: masquerade` }],
        });
      }
    } else {
      for (const entry of list.always) {
        const first = entry.sets[family].intersect(LINK_LOCAL[family]).first();
        if (!first) continue;
        findings.add(
          'MQ302',
          entry.path,
          `"${entry.text}" masquerades ${formatAddress(first)}, but link-local is preserved; write "${key}: masquerade"`,
        );
      }
      for (const entry of list.preserve.filter(
        e => e.exceptions.length > 0 && takenOut(e)[family].containsSet(LINK_LOCAL[family]),
      )) {
        findings.add('MQ302', entry.path, {
          severity: 'warning',
          message: `"${entry.text}" excepts ${range}, which stays preserved all the same; write "${key}: masquerade" if it should not`,
        });
      }
    }
  }
}

/** At least half of the public addresses: this is the internet, however it is written. */
export function preservesInternet(preserved: IntervalSet): boolean {
  const { family } = preserved;
  // No public address space is smaller than an eighth of its family's: most lists need no closer look.
  if (preserved.count() < 1n << BigInt(BITS[family] - 4)) return false;
  const internet = internetSet(family);
  return preserved.intersect(internet).count() * 2n >= internet.count();
}

function checkInternet(model: ClusterModel, list: MasqueradeModel, findings: Findings): void {
  if (model.network.internetRoute !== 'none') return;
  for (const family of FAMILIES) {
    const preserved = IntervalSet.unionOf(
      family,
      list.preserve.map(e => e.sets[family]),
    );
    const kept = list.always.reduce((set, e) => set.subtract(e.sets[family]), preserved);
    if (family === 6 && !model.network.ipv6) continue;
    if (!preservesInternet(kept)) {
      if (family === 4) checkLargePublic(list, findings);
      continue;
    }
    const widest = [...list.preserve].sort(
      (a, b) => Number(b.sets[family].count() - a.sets[family].count() > 0n) * 2 - 1,
    )[0]!;
    findings.add('MQ303', widest.path, internetText(`"${widest.text}"`));
  }
}

/** Public ranges from a /8 on: small ones may well be reached over a private line, such large ones hardly. */
function checkLargePublic(list: MasqueradeModel, findings: Findings): void {
  const large = 1n << 24n;
  for (const entry of list.preserve) {
    const set = entry.sets[4];
    if (set.count() < large || rfc1918().containsSet(set)) continue;
    const count = set.intersect(internetSet(4)).count();
    if (count < large) continue;
    const message = `"${entry.text}" preserves pod addresses to ${count} public addresses, which needs a route for them there; declare spec.network.internetRoute if there is one`;
    findings.add('MQ303', entry.path, { message, severity: 'warning' });
  }
}

function checkDisabledSnat(model: ClusterModel, findings: Findings): void {
  const { disableDefaultSnat, internetRoute } = model.network;
  if (model.platform !== 'gke-standard' || !disableDefaultSnat || internetRoute !== 'none') return;
  if (model.agent.daemonSet === 'existing') return;
  findings.add(
    'MQ303',
    ['spec', 'network', 'disableDefaultSnat'],
    internetText('disableDefaultSnat without ip-masq-agent'),
    'key',
  );
}

function internetText(what: string) {
  return {
    message: `${what} preserves pod addresses to the internet, where they are not routable: connections hang; declare spec.network.internetRoute`,
    hint: "internetRoute: cloud-nat (over the pods' secondary ranges, with a default internet route), or custom-default-route (to a NAT VM or load balancer)",
  };
}

/** IPv6 entries do nothing in a cluster whose pods have no IPv6, and the other way round. */
function checkFamilies(model: ClusterModel, list: MasqueradeModel, findings: Findings): void {
  if (model.network.ipv6 || findings.anyBelow(['spec', 'network', 'podCIDRs'])) return;
  for (const entry of [...list.preserve, ...list.always]) {
    if (!entry.sets[4].isEmpty() || entry.sets[6].isEmpty()) continue;
    findings.add(
      'MQ308',
      entry.path,
      `"${entry.text}" is IPv6, but no pod range is: the entry changes nothing; add an IPv6 range to podCIDRs, or remove it`,
    );
  }
}
