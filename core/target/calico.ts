import { type Cidr, FAMILIES, type Family, formatCidr, IntervalSet } from '../address';
import { termsText } from '../analysis/terms';
import type { ClusterModel } from '../intent/model';
import { LINK_LOCAL } from '../intent/special';
import { familiesOf, podsOf, preservedBy, refuseForAll, refusePolicies } from './common';
import type { PoolName, TargetFacts } from './facts';
import { metadataOf, objectFile, patchFile, type TargetFile } from './file';
import { poolsOf } from './pools';
import type { Refusals } from './refusals';

const API = 'projectcalico.org/v3';

/** The size of Calico's blocks where nobody says another: a pool is no smaller than a block. */
const BLOCK: Readonly<Record<Family, number>> = { 4: 26, 6: 122 };

/**
 * An intent for Calico: `natOutgoing` of the pools that pods get their addresses from, and a disabled pool for each
 * destination to which they keep them: Calico masquerades what leaves all of its pools.
 * Sources: Calico's pages "Configure outgoing NAT", "IP pool" and "Felix configuration"; projectcalico/calico, felix/rules/nat.go.
 */
export function calicoFiles(model: ClusterModel, facts: TargetFacts, refusals: Refusals): TargetFile[] {
  refuseForAll(refusals);
  refusePolicies(refusals, 'egress gateways are in Calico Enterprise alone');
  if (!model.masquerade) return [];
  const named = poolsOf(model, facts, refusals);
  return [
    ...FAMILIES.flatMap(family => podPools(model, named, family, refusals)),
    ...familiesOf(model).flatMap(family => preservedPools(model, family, refusals)),
    felixPatch(model, refusals),
  ];
}

/** The pools that pods get their addresses from, which are there already. @param named those whose names are known */
function podPools(model: ClusterModel, named: readonly PoolName[], family: Family, refusals: Refusals): TargetFile[] {
  const natOutgoing = !preservedBy(model, family).isFull();
  const own = model.network.pods.flatMap(entry => entry.cidrs.map(block => ({ block, entry })));
  const ranges = own.filter(({ block }) => block.family === family);
  if (natOutgoing && ranges.length === 0) {
    const message = `the intent masquerades IPv${family} packets of pods, and names no IPv${family} range of theirs; add it`;
    refusals.lacks(['spec', 'network', 'podCIDRs'], message);
  }
  const pools = named.filter(({ cidr }) => cidr.family === family);
  const [only, ...more] = ranges;
  if (only && more.length + pools.length === 0) pools.push({ name: `default-ipv${family}-ippool`, cidr: only.block });
  const known = IntervalSet.fromCidrs(
    family,
    pools.map(({ cidr }) => cidr),
  );
  for (const { block, entry } of ranges) {
    const unnamed = IntervalSet.ofCidr(block).subtract(known);
    if (unnamed.isEmpty()) continue;
    const [first] = unnamed.cidrs();
    const message = `the IPPool of "${termsText(unnamed)}" has no name that is known`;
    refusals.lacks(entry.path, message, `write --pool NAME=${formatCidr(first!)}`);
  }
  return pools.map(({ name, cidr }) => {
    const spec = { cidr: formatCidr(cidr), natOutgoing };
    return patchFile({ apiVersion: API, kind: 'IPPool', metadata: { name }, spec });
  });
}

/** A pool for each preserved range: pods get no address from it, and packets to it are not masqueraded. */
function preservedPools(model: ClusterModel, family: Family, refusals: Refusals): TargetFile[] {
  const preserved = preservedBy(model, family);
  if (preserved.isFull()) return [];
  const local = formatCidr(LINK_LOCAL[family].cidrs()[0]!);
  const key = family === 4 ? 'linkLocal' : 'linkLocalIPv6';
  refusals.mustBe(
    'masquerade',
    LINK_LOCAL[family],
    `Calico takes no IPPool that overlaps ${local}, so packets to it are masqueraded`,
    `write "${key}: masquerade"`,
  );
  return preserved
    .subtract(podsOf(model, family))
    .subtract(LINK_LOCAL[family])
    .cidrs()
    .map(block => disabledPool(model, block));
}

/** Everything is said that Calico's API server would add; what is false it leaves out. */
function disabledPool(model: ClusterModel, block: Cidr): TargetFile {
  const range = formatCidr(block);
  const spec = {
    allowedUses: ['Workload', 'Tunnel'],
    assignmentMode: 'Automatic',
    blockSize: Math.max(BLOCK[block.family], block.prefix),
    cidr: range,
    disableBGPExport: true,
    disabled: true,
    ipipMode: 'Never',
    nodeSelector: 'all()',
    vxlanMode: 'Never',
  };
  const name = `masq-${range.replace(/[:/]/g, '-')}`;
  return objectFile(20, { apiVersion: API, kind: 'IPPool', metadata: metadataOf(model, name), spec });
}

/** What Felix has to do alike on every node. */
function felixPatch(model: ClusterModel, refusals: Refusals): TargetFile {
  const { toPorts, randomFully } = model.agent;
  if (toPorts?.includes(',')) {
    const message = `Calico takes one range of source ports, and "${toPorts}" are several; write one`;
    refusals.cannot(['spec', 'agent', 'toPorts'], message);
  }
  return patchFile({
    apiVersion: API,
    kind: 'FelixConfiguration',
    metadata: { name: 'default' },
    spec: {
      ...(!randomFully && { featureDetectOverride: 'MASQFullyRandom=false' }),
      natOutgoingExclusions: 'IPPoolsOnly',
      ...(toPorts !== undefined && { natPortRange: toPorts.replace('-', ':') }),
    },
  });
}
