import { type Cidr, type Family, IntervalSet, parseCidr } from '../address';
import { type Fields, fieldsOf } from '../dataplane/json';
import type { DumpedListing } from './node-dump';
import type { DumpedTable } from './saved';

/** The destination in a rule of kube-proxy's, and the chain of iptables, or the map of nft, where it has one for each Service. */
const DESTINATION = /(?:^| )-d (\S+)/;
const CHAIN = 'KUBE-SERVICES';
const MAP = 'service-ips';

/** The addresses of Services that kube-proxy's rules in a node's dumps send to pods. */
export function serviceAddresses(
  family: Family,
  tables: readonly DumpedTable[],
  listings: readonly DumpedListing[],
): IntervalSet {
  const saved = tables
    .filter(one => one.family === family && one.name === 'nat')
    .flatMap(({ table }) => table.rules.get(CHAIN) ?? [])
    .flatMap(rule => DESTINATION.exec(rule)?.[1] ?? []);
  const listed = listings.flatMap(({ entries }) => entries.flatMap(addressesOf));
  return IntervalSet.fromCidrs(
    family,
    [...saved, ...listed].flatMap(text => blockOf(text) ?? []).filter(block => block.family === family),
  );
}

/** The addresses in kube-proxy's map of Services, where an entry is that. */
function addressesOf(entry: unknown): string[] {
  const map = fieldsOf(fieldsOf(entry)?.map);
  if (map?.table !== 'kube-proxy' || map.name !== MAP || !Array.isArray(map.elem)) return [];
  return map.elem.flatMap((element: unknown) => {
    const [key] = Array.isArray(element) ? (element as readonly unknown[]) : [];
    const [address] = partsOf(fieldsOf(key) ?? {});
    return typeof address === 'string' ? [address] : [];
  });
}

/** The parts of a key, which may have a comment or the like beside them. */
function partsOf(key: Fields): readonly unknown[] {
  const { concat } = fieldsOf(fieldsOf(key.elem)?.val) ?? key;
  return Array.isArray(concat) ? concat : [];
}

function blockOf(text: string): Cidr | undefined {
  const block = parseCidr(text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`);
  return block.ok ? block.value : undefined;
}
