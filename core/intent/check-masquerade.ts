import { type Both, both, FAMILIES, type Family, formatAddress, IntervalSet } from '../address';
import { valueAt } from '../schema/path';
import { checkEmptied, checkRedundancy } from './check-list';
import { checkPodsElsewhere } from './check-pods-elsewhere';
import { type Entry, unionOfEntries } from './entry';
import { excludeText, isInsideOne } from './exclude';
import type { Findings } from './findings';
import type { ClusterModel, MasqueradeModel } from './model';
import {
  keptDefaults,
  linkLocalMode,
  listedSet,
  ownRanges,
  preservedSet,
  sharedText,
  sharedWithCluster,
  takenOut,
} from './preserved';
import { internetSet, LINK_LOCAL, preservesInternet, privateSet } from './special';

const MASQUERADE = ['spec', 'masquerade'] as const;

/** Checks what is preserved and what is masqueraded against the cluster's facts. */
export function checkMasquerade(model: ClusterModel, findings: Findings): void {
  const list = model.masquerade;
  if (model.platform === 'anthos-bare-metal') return; // which has no such list
  if (!list) {
    checkDisabledSnat(model, findings);
    return;
  }
  checkOwnRanges(model, list, findings);
  checkInternet(model, list, findings);
  checkLinkLocal(model, list, findings);
  for (const entries of [list.preserve, list.always]) {
    checkEmptied(entries, findings);
    // A refused entry may be too wide, and make others look superfluous.
    checkRedundancy(
      entries.filter(entry => !findings.refused(entry.path)),
      findings,
    );
  }
  checkTakenOut(list, findings);
  checkPodsElsewhere(model, list, findings);
  checkFamilies(model, list, findings);
  checkSuperfluous(model, list, findings);
  checkEmpty(model, list, findings);
}

function checkEmpty(model: ClusterModel, list: MasqueradeModel, findings: Findings): void {
  const path = [...MASQUERADE, 'preserve'];
  const raw = valueAt(model.document.value, path);
  if (!Array.isArray(raw) || raw.length > 0) return;
  const defaults = keptDefaults(model, list)[4].isEmpty()
    ? ''
    : ', the eleven ranges of the generated policy "default"';
  const but = `link-local${defaults} and the cluster's own ranges`;
  findings.add('MQ307', path, `the list is empty: everything but ${but} is masqueraded; is that meant?`, 'key');
}

/** An entry of which `always` leaves nothing: one of the two lists says what was not meant. */
function checkTakenOut(list: MasqueradeModel, findings: Findings): void {
  if (list.always.length === 0 || findings.anyBelow([...MASQUERADE, 'always'], 'MQ301')) return;
  const always = both(family => unionOfEntries(list.always, family));
  for (const entry of list.preserve) {
    const empty = FAMILIES.every(family => entry.sets[family].isEmpty());
    if (empty || !FAMILIES.every(family => always[family].containsSet(entry.sets[family]))) continue;
    const message = `"always" leaves nothing of "${entry.text}"; remove it from one of the two lists`;
    findings.add('MQ124', entry.path, message);
  }
}

/** An entry of `always` in which nothing would be preserved without it. What a list lacks proves nothing beside errors. */
function checkSuperfluous(model: ClusterModel, list: MasqueradeModel, findings: Findings): void {
  if (findings.refused([])) return;
  const without: MasqueradeModel = { ...list, always: [], linkLocal: 'preserve', linkLocalIPv6: 'preserve' };
  const kept = both(family => preservedSet(model, without, family));
  for (const entry of list.always) {
    if (findings.anyBelow(entry.path) || FAMILIES.some(family => kept[family].overlaps(entry.sets[family]))) continue;
    const message = `"${entry.text}" is masqueraded in any case, since nothing preserves it; remove it from "always"`;
    findings.add('MQ123', entry.path, message);
  }
}

/** The cluster's own ranges stay preserved whatever the lists say: asking for the opposite is a mistake. */
function checkOwnRanges(model: ClusterModel, list: MasqueradeModel, findings: Findings): void {
  const refuse = (
    entry: Entry,
    taken: Both<IntervalSet>,
    say: (shared: string, own: readonly Entry[]) => string,
  ): void => {
    const inside = sharedWithCluster(model, taken);
    if (inside.length === 0) return;
    const own = inside.map(({ range }) => range);
    findings.add('MQ301', entry.path, {
      message: `"${entry.text}" ${say(sharedText(inside), own)}`,
      related: inside.map(({ role, range }) => ({ ...findings.document.at(range.path), message: `the ${role} range` })),
    });
  };
  const why = 'traffic inside the cluster must keep its source';
  for (const entry of list.always) {
    const instead = (own: readonly Entry[]): string => excludeText(findings.document, entry, own);
    refuse(entry, entry.sets, (shared, own) => `masquerades ${shared}; ${why}: ${instead(own)}`);
  }
  const own = ownRanges(model);
  for (const entry of list.preserve.filter(e => e.exceptions.length > 0)) {
    const out = takenOut(entry, list);
    const harmed = both(family => out[family].intersect(own[family]));
    for (const exception of FAMILIES.some(family => !harmed[family].isEmpty()) ? entry.exceptions : []) {
      const taken = both(family => harmed[family].intersect(exception.sets[family]));
      refuse(exception, taken, (shared, ranges) => {
        const instead = isInsideOne(exception, ranges) ? 'remove it' : 'narrow it';
        return `takes ${shared} out of "${entry.text}"; ${why}: ${instead}`;
      });
    }
  }
}

/** Masquerading link-local needs both steps: the key, and no entry that keeps the range in effect. */
function checkLinkLocal(model: ClusterModel, list: MasqueradeModel, findings: Findings): void {
  const autopilot = model.platform === 'gke-autopilot';
  for (const family of familiesOf(model)) {
    if (linkLocalMode(list)[family] === 'preserve') checkKeptLinkLocal(list, family, autopilot, findings);
    else if (!autopilot) checkMasqueradedLinkLocal(list, family, findings);
  }
}

const LINK_LOCAL_NAMES = {
  4: { key: 'linkLocal', text: '169.254.0.0/16' },
  6: { key: 'linkLocalIPv6', text: 'fe80::/10' },
} as const;

/** Link-local as a range to exclude: of an entry with nothing else, nothing would be left. */
function localRange(family: Family): Pick<Entry, 'text' | 'sets'> {
  return { text: LINK_LOCAL_NAMES[family].text, sets: LINK_LOCAL };
}

function checkMasqueradedLinkLocal(list: MasqueradeModel, family: Family, findings: Findings): void {
  const { key } = LINK_LOCAL_NAMES[family];
  const always = unionOfEntries(list.always, family);
  for (const entry of list.preserve) {
    const first = entry.sets[family].intersect(LINK_LOCAL[family]).subtract(always).first();
    if (!first) continue;
    const fix = excludeText(findings.document, entry, [localRange(family)]);
    findings.add('MQ302', entry.path, {
      message: `"${entry.text}" preserves ${formatAddress(first)}, but ${key} says masquerade; ${fix}, or drop the key`,
      related: [{ ...findings.document.at([...MASQUERADE, key]), message: `${key}: masquerade` }],
    });
  }
}

/** Link-local stays preserved: whether entries ask for the opposite. On Autopilot there is no key to change that. */
function checkKeptLinkLocal(list: MasqueradeModel, family: Family, autopilot: boolean, findings: Findings): void {
  const { key, text } = LINK_LOCAL_NAMES[family];
  const local = LINK_LOCAL[family];
  for (const entry of list.always) {
    const first = entry.sets[family].intersect(local).first();
    if (!first || findings.anyBelow(entry.path, 'MQ301')) continue;
    const exclude = excludeText(findings.document, entry, [localRange(family)]);
    const fix = autopilot ? exclude : `write "${key}: masquerade", or ${exclude}`;
    const kept = autopilot ? 'gke-autopilot always preserves link-local' : 'link-local is preserved';
    findings.add('MQ302', entry.path, `"${entry.text}" masquerades ${formatAddress(first)}, but ${kept}; ${fix}`);
  }
  for (const entry of list.preserve.filter(e => e.exceptions.length > 0)) {
    const out = takenOut(entry, list)[family].intersect(local);
    const first = out.first();
    if (!first) continue;
    const what = out.equals(local) ? text : formatAddress(first);
    const fix = autopilot ? 'remove the exception' : `write "${key}: masquerade" if it should not`;
    const message = `"${entry.text}" takes out ${what}, which stays preserved all the same; ${fix}`;
    findings.add('MQ302', entry.path, { message, severity: 'warning' });
  }
}

/** The families that pods have, and that anything is rendered for. */
function familiesOf(model: ClusterModel): readonly Family[] {
  return model.network.ipv6 ? FAMILIES : [4];
}

function checkInternet(model: ClusterModel, list: MasqueradeModel, findings: Findings): void {
  if (model.network.internetRoute !== 'none') return;
  for (const family of familiesOf(model)) {
    const kept = listedSet(model, list, family);
    if (preservesInternet(kept)) {
      const widest = largestPart(list, kept.intersect(internetSet(family)));
      findings.add('MQ303', widest.path, internetText(`"${widest.text}"`));
    } else if (family === 4) checkLargePublic(list, kept, findings);
  }
}

/** The entry that brings the most of a part of what the list keeps. */
function largestPart(list: MasqueradeModel, part: IntervalSet): Entry {
  const share = (entry: Entry): bigint => entry.sets[part.family].intersect(part).count();
  return list.preserve.reduce((most, entry) => (share(entry) > share(most) ? entry : most));
}

/** Public ranges from a /8 on: small ones may well be reached over a private line, such large ones hardly. */
function checkLargePublic(list: MasqueradeModel, kept: IntervalSet, findings: Findings): void {
  const large = 1n << 24n;
  if (kept.count() < large || privateSet(4).containsSet(kept)) return;
  const found = new Map<Entry, bigint>();
  for (const { first, last } of kept.intervals()) {
    const open = IntervalSet.fromRange(first, last).intersect(internetSet(4));
    if (open.count() < large) continue;
    const entry = largestPart(list, open);
    found.set(entry, (found.get(entry) ?? 0n) + open.count());
  }
  for (const [entry, count] of found) {
    const own = entry.sets[4].intersect(kept).intersect(internetSet(4)).count();
    const what = own < count ? `"${entry.text}", together with other entries,` : `"${entry.text}"`;
    const message = `${what} preserves pod addresses to ${own < count ? count : own} public addresses, which needs a route for them there; declare spec.network.internetRoute if there is one`;
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

/** IPv6 entries do nothing in a cluster whose pods have no IPv6; on Autopilot they are refused in any case. */
function checkFamilies(model: ClusterModel, list: MasqueradeModel, findings: Findings): void {
  const { network, platform } = model;
  if (list.linkLocalIPv6 === 'masquerade' && !network.ipv6 && platform !== 'gke-autopilot') {
    const message =
      'no pod range is IPv6, so that linkLocalIPv6 changes nothing; add an IPv6 range to podCIDRs, or remove it';
    findings.add('MQ308', [...MASQUERADE, 'linkLocalIPv6'], message);
  }
  if (network.ipv6 || platform === 'gke-autopilot' || findings.anyBelow(['spec', 'network', 'podCIDRs'])) return;
  for (const entry of [...list.preserve, ...list.always]) {
    if (!entry.sets[4].isEmpty() || entry.sets[6].isEmpty()) continue;
    findings.add(
      'MQ308',
      entry.path,
      `"${entry.text}" is IPv6, but no pod range is: the entry changes nothing; add an IPv6 range to podCIDRs, or remove it`,
    );
  }
}
