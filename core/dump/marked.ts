import { both, IntervalSet } from '../address';
import { isOfOthers } from '../dataplane/device';
import { readSavedAddresses } from '../dataplane/iptables-address';
import { iptablesBits } from '../dataplane/iptables-bits';
import { ALL_BITS } from '../dataplane/mark';
import { leadsToServices, type NatRule, standIn } from '../dataplane/nat-rule';
import type { Cleared, Marking, MarksSet } from './marking';
import { type Tool, toolOf } from './saved';

/** Whether a chain is one whose marks are for packets to Services and host ports. */
export function isOfServices(chain: string): boolean {
  return leadsToServices(chain) || chain === 'KUBE-POSTROUTING' || chain.startsWith('NETAVARK-');
}

/** Where packets of pods enter a table before. */
const ENTERED: readonly string[] = ['PREROUTING', 'FORWARD'];

/** Rules for packets that do not come from pods of the node, or do not leave it. */
const OF_OTHERS = / -i (\S+) | --dst-type LOCAL(?: |$)/;

/** The chain of kube-proxy where Services are told from other destinations, and how. */
const TELLING = 'KUBE-SERVICES';
const TOLD = /(?:^|[^!]) (?:-d |--dst-type LOCAL |--match-set )/;

/** Signs of Cilium, whose programs put who sent a packet into all bits of its mark but those that it leaves to others. */
export const CILIUM = /\bcilium|CILIUM_/i;

/** What Cilium's programs put into marks. */
export const BY_CILIUM: Marking = {
  bits: 0xffff0fff,
  rule: standIn('unknown', "the marks that Cilium's programs give to packets of pods"),
};

const SETTING = /(?:-j|--jump) (?:CONN)?MARK --(?:set-xmark|set-mark|or-mark|xor-mark) (\S+)/;
const OBSCURE = /-(?:left|right)-shift-mark | --map-mark|(?:-j|--jump) HMARK/;
const LEADING = /^(?:\[\d+:\d+\] )?-A (\S+) (?:.* )?(?:-[jg]|--jump|--goto) (\S+)/;
const SOURCE = /( !)? -s (\S+) /;
/** A rule of `FORWARD` that changes the mark of every packet, and rules that let each go on. */
const FOR_ALL = /^(?:\[\d+:\d+\] )?-A FORWARD (?:-m comment --comment \S+ )?-j MARK --set-xmark (\S+)$/;
const ENDING = / (?:-[jg]|--jump|--goto) (?!MARK |CONNMARK |LOG(?: |$))/;
const DESTINATION = /^(?:\[\d+:\d+\] )?-A FORWARD (?:-s \S+ )?-d (\S+) /;

/** A line of iptables-save with a rule that may have to do with marks. */
interface MarkLine {
  /** The rule, without what comments say. */
  readonly bare: string;
  readonly table: string;
  readonly chain: string;
  /** What it leads to, or does. */
  readonly target: string;
  /** Which line it is, from 0. */
  readonly index: number;
  readonly tool?: Tool;
  readonly rule: NatRule;
}

/**
 * What rules for other packets than those to Services may set in marks, as iptables-save prints the rules. What is restored
 * from a connection's mark was set by a rule before, in the one mark or in the other.
 */
export function marksSetByIptables(save: string): MarksSet {
  const byCilium = CILIUM.test(save) ? [BY_CILIUM] : [];
  if (!save.includes('MARK') && !save.includes('--map-mark')) return { markings: byCilium, cleared: [] };
  const all = save.split('\n');
  const lines = markLines(all);
  return { markings: [...byCilium, ...setBy(lines)], cleared: clearedBy(all, lines) };
}

/** The rules that may have to do with marks, of chains that packets of pods may come to before the postrouting ones. */
function markLines(all: readonly string[]): readonly MarkLine[] {
  const found: MarkLine[] = [];
  let table = '';
  let tool: Tool | undefined;
  for (const [index, line] of all.entries()) {
    if (line.startsWith('*')) table = line.slice(1).trim();
    else if (line.startsWith('#')) tool = toolOf(line) ?? tool;
    else if (!line.startsWith(':') && (line.includes('MARK') || line.includes('--map-mark'))) {
      if (isOfOneService(line)) continue;
      const bare = line.replace(/"(?:[^"\\]|\\.)*"/g, '""');
      const [, chain = '', target = ''] = LEADING.exec(bare) ?? [];
      const text = `${tool?.family === 6 ? 'ip6tables' : 'iptables'} -t ${table} ${line.replace(/^\[\d+:\d+\] /, '')}`;
      const rule: NatRule = { conditions: [], verdict: { kind: 'continue' }, text };
      found.push({ bare, table, chain, target, index, ...(tool && { tool }), rule });
    }
  }
  const isKnown = ({ chain }: MarkLine): boolean => ENTERED.includes(chain) || isOfServices(chain);
  if (found.every(isKnown)) return found;
  const met = metChains(all);
  return found.filter(one => isKnown(one) || met.has(`${one.table} ${one.chain}`));
}

/** Whether a rule is one of the many of kube-proxy's for one Service or pod, and sets no mark itself. */
function isOfOneService(line: string): boolean {
  return line.startsWith('-A KUBE-S') && !line.startsWith(`-A ${TELLING} `) && !/MARK --|--map-mark/.test(line);
}

/** The chains, behind their tables' names, that packets of pods may come to before the postrouting ones. */
function metChains(all: readonly string[]): ReadonlySet<string> {
  const leads = new Map<string, Set<string>>();
  let table = '';
  for (const line of all) {
    if (line.startsWith('*')) table = line.slice(1).trim();
    const start = line.startsWith('[') ? line.indexOf(' ') + 1 : 0;
    if (!line.startsWith('-A ', start)) continue;
    // What leads to a chain has nothing behind the chain's name.
    const at = line.lastIndexOf(' ');
    const from = `${table} ${line.slice(start + 3, line.indexOf(' ', start + 3))}`;
    const next = leads.get(from);
    const target = `${table} ${line.slice(at + 1)}`;
    if (next) next.add(target);
    else leads.set(from, new Set([target]));
  }
  const met = new Set([...leads.keys()].filter(name => ENTERED.includes(name.slice(name.indexOf(' ') + 1))));
  for (const name of met) for (const next of leads.get(name) ?? []) met.add(next);
  return met;
}

function setBy(lines: readonly MarkLine[]): readonly Marking[] {
  const ofServices = new Map<string, number>();
  const found: (Marking & { readonly target: string })[] = [];
  for (const { bare, chain, target, index, tool, rule } of lines) {
    if (isOfOtherPackets(bare)) continue;
    const bits = OBSCURE.test(bare) ? ALL_BITS : markValue(SETTING.exec(bare)?.[1]);
    const isTold = isOfServices(chain);
    if (isTold) ofServices.set(chain, (ofServices.get(chain) ?? 0) | bits);
    if (isTold && (chain !== TELLING || TOLD.test(bare))) continue;
    const [, negated, source] = SOURCE.exec(bare) ?? [];
    found.push({
      bits,
      rule,
      index,
      target,
      ...(tool && { family: tool.family }),
      ...(source !== undefined && !negated && { source }),
      ...destinationOf(bare),
      ...(chain === 'PREROUTING' && { isBeforeRouting: true }),
    });
  }
  return found
    .map(({ target, ...one }) => ({ ...one, bits: (one.bits | (ofServices.get(target) ?? 0)) >>> 0 }))
    .filter(({ bits }) => bits !== 0);
}

/** Where the packets of a rule behind the routing decision leave to. Before it, other rules may still send them elsewhere. */
function destinationOf(rule: string): Pick<Marking, 'to'> {
  const [, text] = DESTINATION.exec(rule) ?? [];
  if (text === undefined) return {};
  const read = both(family => readSavedAddresses(family, text));
  if (!read[4] && !read[6]) return {};
  return { to: both(family => read[family] ?? IntervalSet.empty(family)) };
}

/** The bits that rules for every packet take away behind the routing decision, where nothing puts them back. */
function clearedBy(all: readonly string[], lines: readonly MarkLine[]): readonly Cleared[] {
  const isRestored = lines.some(
    ({ bare, chain }) => chain !== 'PREROUTING' && (bare.includes('--restore-mark') || OBSCURE.test(bare)),
  );
  if (isRestored || !lines.some(({ chain }) => chain === 'FORWARD')) return [];
  const found: Cleared[] = [];
  const known = new Map(lines.map(one => [one.index, one]));
  let isOpen = true;
  for (const [index, line] of all.entries()) {
    if (line.startsWith('*')) isOpen = true;
    if (!isOpen || !/^(?:\[\d+:\d+\] )?-A FORWARD /.test(line)) continue;
    const own = known.get(index);
    const [, bits] = (own && FOR_ALL.exec(own.bare)) ?? [];
    const change = bits === undefined ? undefined : iptablesBits(bits);
    if (own && change) {
      found.push({ bits: (change.mask & ~change.value) >>> 0, ...(own.tool && { family: own.tool.family }) });
    }
    isOpen = !ENDING.test(line.replace(/"(?:[^"\\]|\\.)*"/g, '""'));
  }
  return found;
}

function isOfOtherPackets(rule: string): boolean {
  const [found, device] = OF_OTHERS.exec(rule) ?? [];
  if (found === undefined || / ! (?:-i|--dst-type)/.test(rule)) return false;
  return device === undefined || isOfOthers(device);
}

function markValue(text: string | undefined): number {
  return text === undefined ? 0 : (iptablesBits(text)?.value ?? ALL_BITS);
}
