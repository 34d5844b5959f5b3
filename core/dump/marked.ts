import { FAMILIES, type Family, IntervalSet } from '../address';
import { isOfOthers } from '../dataplane/device';
import { readSavedAddresses } from '../dataplane/iptables-address';
import { iptablesBits } from '../dataplane/iptables-bits';
import { type Fields, fieldsOf } from '../dataplane/json';
import { ALL_BITS } from '../dataplane/mark';
import { readNftMatch } from '../dataplane/nft-match';
import { readNftVerdict } from '../dataplane/nft-verdict';

/** Chains and tables whose marks are for packets to Services and host ports. */
const OF_SERVICES = /^(?:KUBE-|CNI-|NETAVARK-)/;
const TABLES_OF_SERVICES: readonly unknown[] = ['kube-proxy', 'netavark'];

/** Chains that packets of pods do not go through before the routing decision: what is behind it is followed. */
const ELSEWHERE: readonly string[] = ['INPUT', 'OUTPUT', 'POSTROUTING'];

/** Rules for packets that do not come from pods of the node, or do not leave it. */
const OF_OTHERS = / -i (\S+) | --dst-type LOCAL(?: |$)/;

/** The chain of kube-proxy where Services are told from other destinations, and how. */
const TELLING = 'KUBE-SERVICES';
const TOLD = /(?:^|[^!]) (?:-d |--dst-type LOCAL |--match-set )/;

/** Bits in which Cilium's programs put who sent a packet, before any rule sees it: all but those that it leaves to others. */
const CILIUM = /\bcilium|CILIUM_/i;
const CILIUM_BITS = 0xffff0fff;

const SETTING = /(?:-j|--jump) (?:CONN)?MARK --(?:set-xmark|set-mark|or-mark|xor-mark) (\S+)/;
const OBSCURE = /-(?:left|right)-shift-mark | --map-mark|(?:-j|--jump) HMARK/;
const LEADING = /^(?:\[\d+:\d+\] )?-A (\S+) .*(?:-[jg]|--jump|--goto) (\S+)/;
const SOURCE = /( !)? -s (\S+) /;
const DESTINATION = /^(?:\[\d+:\d+\] )?-A FORWARD (?:-s \S+ )?-d (\S+) /;

/** Bits that some packets may carry. */
export interface Marking {
  readonly bits: number;
  /** Where the packets come from, as iptables-save prints it. @default anywhere */
  readonly source?: string;
  /** Where they leave to, printed likewise. @default anywhere */
  readonly destination?: string;
}

/**
 * The bits that rules for other packets than those to Services may set in marks, as iptables-save prints the rules. What is
 * restored from a connection's mark was set by a rule before, in the one mark or in the other.
 */
export function bitsSetByIptables(save: string): readonly Marking[] {
  const byCilium = CILIUM.test(save) ? [{ bits: CILIUM_BITS }] : [];
  return save.includes('MARK') || save.includes('--map-mark') ? [...byCilium, ...bitsSetByRules(save)] : byCilium;
}

function bitsSetByRules(save: string): readonly Marking[] {
  const ofServices = new Map<string, number>();
  const found: (Marking & { readonly target: string })[] = [];
  for (const line of save.split('\n')) {
    if (!line.includes('MARK') && !line.includes('--map-mark')) continue;
    const bare = line.replace(/"(?:[^"\\]|\\.)*"/g, '""');
    const [, chain = '', target = ''] = LEADING.exec(bare) ?? [];
    if (ELSEWHERE.includes(chain) || isOfOtherPackets(bare)) continue;
    const set = OBSCURE.test(bare) ? ALL_BITS : markValue(SETTING.exec(bare)?.[1]);
    const isOfServices = OF_SERVICES.test(chain);
    if (isOfServices) ofServices.set(chain, (ofServices.get(chain) ?? 0) | set);
    if (isOfServices && (chain !== TELLING || TOLD.test(bare))) continue;
    const [, negated, source] = SOURCE.exec(bare) ?? [];
    // Before the routing decision, other rules may still send packets elsewhere.
    const [, destination] = DESTINATION.exec(bare) ?? [];
    const from = source !== undefined && !negated ? { source } : {};
    found.push({ bits: set, target, ...from, ...(destination !== undefined && { destination }) });
  }
  return found.map(({ bits, target, ...of }) => ({ ...of, bits: (bits | (ofServices.get(target) ?? 0)) >>> 0 }));
}

/** Bits that packets may carry to some destinations. */
export interface MarkedTo {
  readonly to: IntervalSet;
  readonly bits: number;
}

/** The bits that packets may carry, by their destinations. @param sources where they come from. @default anywhere */
export function bitsOf(markings: readonly Marking[], family: Family, sources: IntervalSet | undefined): MarkedTo[] {
  return markings
    .filter(marking => marking.bits !== 0 && comesFrom(marking, family, sources))
    .map(({ bits, destination }) => {
      const to = destination === undefined ? undefined : readSavedAddresses(family, destination);
      return { bits, to: to ?? IntervalSet.full(family) };
    });
}

/** Whether packets may be those of a marking; a source that is none of the family is not known. */
function comesFrom({ source }: Marking, family: Family, sources: IntervalSet | undefined): boolean {
  if (source === undefined || !sources) return true;
  const set = readSavedAddresses(family, source);
  return !set || set.overlaps(sources);
}

function isOfOtherPackets(rule: string): boolean {
  const [found, device] = OF_OTHERS.exec(rule) ?? [];
  if (found === undefined || / ! (?:-i|--dst-type)/.test(rule)) return false;
  return device === undefined || isOfOthers(device);
}

function markValue(text: string | undefined): number {
  return text === undefined ? 0 : (iptablesBits(text)?.value ?? ALL_BITS);
}

/** The same of rules as `nft -j` lists them. */
export function bitsSetByNft(entries: readonly unknown[]): readonly Marking[] {
  const elsewhere = new Set(entries.map(chainElsewhere));
  let bits = entries.some(isOfCilium) ? CILIUM_BITS : 0;
  for (const entry of entries) {
    const rule = fieldsOf(fieldsOf(entry)?.rule);
    if (!rule || TABLES_OF_SERVICES.includes(rule.table) || !Array.isArray(rule.expr)) continue;
    if (elsewhere.has(nameOf(rule, rule.chain)) || OF_SERVICES.test(String(rule.chain))) continue;
    if (rule.expr.some(isForOthers)) continue;
    for (const statement of rule.expr) bits |= bitsIn(fieldsOf(fieldsOf(statement)?.mangle) ?? {});
  }
  return [{ bits: bits >>> 0 }];
}

/** Whether a statement of a rule asks for what no packet of a pod has, of either family. */
function isForOthers(statement: unknown): boolean {
  const match = fieldsOf(fieldsOf(statement)?.match);
  return match !== undefined && FAMILIES.every(family => readNftMatch(family, match, '')?.on === 'never');
}

/** Whether an entry is a chain of Cilium's. */
function isOfCilium(entry: unknown): boolean {
  const chain = fieldsOf(fieldsOf(entry)?.chain);
  return chain !== undefined && CILIUM.test(`${String(chain.table)} ${String(chain.name)}`);
}

/** The name of a base chain that packets of pods do not go through before the routing decision. */
function chainElsewhere(entry: unknown): string | undefined {
  const chain = fieldsOf(fieldsOf(entry)?.chain);
  return chain && ELSEWHERE.includes(String(chain.hook).toUpperCase()) ? nameOf(chain, chain.name) : undefined;
}

function nameOf({ family, table }: Fields, chain: unknown): string {
  return `${String(family)} ${String(table)} ${String(chain)}`;
}

function bitsIn({ key, value }: Fields): number {
  if (!isMark(key) || isMark(value)) return 0;
  // A connection's mark is read as a packet's is: what matters is the number that is put in.
  const verdict = readNftVerdict(4, 'mangle', { key: { meta: { key: 'mark' } }, value: asPacketMark(value) }, '');
  return verdict.kind === 'set-mark' ? verdict.flip | (verdict.lost ?? 0) : ALL_BITS;
}

/** Whether something is the mark of packets or of connections. */
function isMark(value: unknown): boolean {
  const fields = fieldsOf(value);
  return (fieldsOf(fields?.meta) ?? fieldsOf(fields?.ct))?.key === 'mark';
}

/** The value with the packet's mark in the place of the connection's. */
function asPacketMark(value: unknown): unknown {
  if (isMark(value)) return { meta: { key: 'mark' } };
  const [[operator, operands] = []] = Object.entries(fieldsOf(value) ?? {});
  return operator !== undefined && Array.isArray(operands) ? { [operator]: operands.map(asPacketMark) } : value;
}
