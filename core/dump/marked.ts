import { iptablesBits } from '../dataplane/iptables-bits';
import { type Fields, fieldsOf } from '../dataplane/json';
import { ALL_BITS } from '../dataplane/mark';
import { readNftVerdict } from '../dataplane/nft-verdict';

/** Chains and tables whose marks are for packets to Services and host ports. */
const OF_SERVICES = /^(?:KUBE-|CNI-)/;
const TABLE_OF_SERVICES = 'kube-proxy';

/** Chains that packets of pods do not go through before the routing decision: what is behind it is followed. */
const ELSEWHERE: readonly string[] = ['INPUT', 'OUTPUT', 'POSTROUTING'];

const SETTING = /-j (?:CONN)?MARK --(?:set-xmark|set-mark|or-mark|xor-mark) (\S+)/;
const OBSCURE = /-(?:left|right)-shift-mark | --map-mark|-j HMARK/;
const LEADING = /^(?:\[\d+:\d+\] )?-A (\S+) .*-[jg] (\S+)/;

/**
 * The bits that rules for other packets than those to Services may set in marks, as iptables-save prints the rules. What is
 * restored from a connection's mark was set by a rule before, in the one mark or in the other.
 */
export function bitsSetByIptables(save: string): number {
  if (!save.includes('MARK') && !save.includes('--map-mark')) return 0;
  const ofServices = new Map<string, number>();
  const leads = new Set<string>();
  let bits = 0;
  for (const line of save.split('\n')) {
    if (!line.includes('MARK') && !line.includes('--map-mark')) continue;
    const bare = line.replace(/"(?:[^"\\]|\\.)*"/g, '""');
    const [, chain = '', target = ''] = LEADING.exec(bare) ?? [];
    if (ELSEWHERE.includes(chain)) continue;
    const set = OBSCURE.test(bare) ? ALL_BITS : markValue(SETTING.exec(bare)?.[1]);
    if (OF_SERVICES.test(chain)) ofServices.set(chain, (ofServices.get(chain) ?? 0) | set);
    else {
      bits |= set;
      leads.add(target);
    }
  }
  for (const [chain, set] of ofServices) if (leads.has(chain)) bits |= set;
  return bits >>> 0;
}

function markValue(text: string | undefined): number {
  return text === undefined ? 0 : (iptablesBits(text)?.value ?? ALL_BITS);
}

/** The same of rules as `nft -j` lists them. */
export function bitsSetByNft(entries: readonly unknown[]): number {
  const elsewhere = new Set(entries.map(chainElsewhere));
  let bits = 0;
  for (const entry of entries) {
    const rule = fieldsOf(fieldsOf(entry)?.rule);
    if (!rule || rule.table === TABLE_OF_SERVICES || !Array.isArray(rule.expr)) continue;
    if (elsewhere.has(nameOf(rule, rule.chain)) || OF_SERVICES.test(String(rule.chain))) continue;
    for (const statement of rule.expr) bits |= bitsOf(fieldsOf(fieldsOf(statement)?.mangle) ?? {});
  }
  return bits >>> 0;
}

/** The name of a base chain that packets of pods do not go through before the routing decision. */
function chainElsewhere(entry: unknown): string | undefined {
  const chain = fieldsOf(fieldsOf(entry)?.chain);
  return chain && ELSEWHERE.includes(String(chain.hook).toUpperCase()) ? nameOf(chain, chain.name) : undefined;
}

function nameOf({ family, table }: Fields, chain: unknown): string {
  return `${String(family)} ${String(table)} ${String(chain)}`;
}

function bitsOf({ key, value }: Fields): number {
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
