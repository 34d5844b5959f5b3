import { type Cidr, cidr, FAMILIES, FAMILY_NAME, type Family } from '../address';
import { portRangeFault } from '../agentfile/flags';
import { type Diagnostic, hasErrors, type Related } from '../diagnostics';
import { append } from '../diagnostics/collect';
import { readCidrs } from '../intent/entry';
import { Findings } from '../intent/findings';
import { list, objectId, record, written } from '../manifest/object';
import { valueAt } from '../schema/path';
import type { SourceDocument } from '../source';
import type { KeptRange, ReadDialect } from './reading';

/** Where Calico's API and its stored form have their objects. */
const GROUPS = /^(?:projectcalico\.org\/v3|crd\.projectcalico\.org\/v1)$/;

/** Whether a document is one of those with which Calico decides on source addresses. */
export function isCalicoObject(document: SourceDocument): boolean {
  const id = objectId(document);
  return id !== undefined && GROUPS.test(id.apiVersion) && ['IPPool', 'FelixConfiguration'].includes(id.kind);
}

/** Whether a document is an IPPool of Calico. */
export function isPool(document: SourceDocument): boolean {
  return isCalicoObject(document) && objectId(document)?.kind === 'IPPool';
}

/** Whether packets of pods with addresses of a pool are masqueraded. */
export function isMasqueradingPool(document: SourceDocument): boolean {
  return valueAt(document.value, ['spec', 'natOutgoing']) === true;
}

/** An IPPool, read. */
export interface CalicoPool {
  /** Its name. */
  readonly name: string;
  /** Its addresses. */
  readonly range: KeptRange & { readonly cidr: Cidr };
  /** Whether packets of pods in it are masqueraded. */
  readonly natOutgoing: boolean;
  /** Whether pods get addresses of it. */
  readonly forPods: boolean;
  /** The object. */
  readonly document: SourceDocument;
}

/** What Calico's objects say, with the pools: the pods' ranges are among them. */
export interface ReadCalico extends ReadDialect {
  /** The pools that could be read. */
  readonly pools: readonly CalicoPool[];
}

/**
 * Reads what Calico makes of its IPPools and its FelixConfiguration. A packet is masqueraded when its source is in a pool
 * with `natOutgoing` and its destination is in no pool at all, disabled ones too: that is what those are used for. Nodes
 * are outside, unless `natOutgoingExclusions` is `IPPoolsAndHostIPs`; so is link-local.
 * One thing an intent cannot say: pools whose pods are treated differently.
 * Source: projectcalico/calico felix/rules/nat.go, felix/dataplane/linux/masq_mgr.go; Calico's page on IPPool.
 */
export function readCalico(documents: readonly SourceDocument[]): ReadCalico {
  const diagnostics: Diagnostic[] = [];
  const collect = <T>(document: SourceDocument, read: (findings: Findings) => T): T => {
    const findings = new Findings(document);
    const value = read(findings);
    append(diagnostics, findings.list);
    return value;
  };
  const ofKind = (kind: string) => documents.filter(document => objectId(document)?.kind === kind);
  const pools = ofKind('IPPool').flatMap(document => collect(document, findings => readPool(document, findings)) ?? []);
  const felix = ofKind('FelixConfiguration').map(document =>
    collect(document, findings => readFelix(document, findings)),
  );
  const sources = FAMILIES.filter(family => pools.some(pool => pool.forPods && pool.range.cidr.family === family));
  for (const family of sources) checkAlike(pools, family, diagnostics);
  if (hasErrors(diagnostics)) return { pools, diagnostics };
  const masqueraded = sources.filter(family =>
    pools.some(pool => pool.forPods && pool.natOutgoing && pool.range.cidr.family === family),
  );
  const toPorts = felix.find(one => one.toPorts !== undefined)?.toPorts;
  const [first] = pools.filter(pool => pool.forPods && pool.range.cidr.family === 4);
  const at = first?.document.at(['spec', 'natOutgoing']);
  const comment = first?.document.comment(['spec', 'natOutgoing']);
  const rule = first ? `IPPool "${first.name}" without natOutgoing` : 'no IPPool of pods';
  const everything = masqueraded.includes(4) ? [] : [{ ...ANYWHERE, rule, ...(at && { at, comment }) }];
  return {
    reading: {
      as: "Calico's IPPools",
      kept: [...everything, ...pools.map(pool => pool.range)],
      linkLocal: { 4: 'masquerade', 6: 'masquerade' },
      families: masqueraded.includes(6) ? [4, 6] : [4],
      ...(toPorts !== undefined && { toPorts }),
      randomFully: true,
      keepsOwn: felix.some(one => one.keepsNodes) ? ['nodes'] : [],
      egress: [],
    },
    pools,
    diagnostics,
  };
}

const ANYWHERE: KeptRange = { text: '0.0.0.0/0', cidrs: [cidr('0.0.0.0/0')] };

function readPool(document: SourceDocument, findings: Findings): CalicoPool | undefined {
  const spec = record(valueAt(document.value, ['spec']));
  const name = objectId(document)?.name ?? '';
  const path = ['spec', 'cidr'];
  if (typeof spec.cidr !== 'string') {
    findings.add('MQ205', ['spec'], `IPPool "${name}" lacks the key "cidr"`, 'key');
    return undefined;
  }
  const [entry] = readCidrs([spec.cidr], path, findings);
  if (!entry) return undefined;
  const uses = list(spec.allowedUses);
  const chosen = ['nodeSelector', 'namespaceSelector'].filter(
    key => typeof spec[key] === 'string' && spec[key] !== 'all()',
  );
  for (const key of chosen) {
    const message = `${key} "${written(spec[key])}" says which pods get addresses of the pool, and nothing of their packets; the intent is without`;
    findings.add('MQ801', ['spec', key], message);
  }
  const [range] = entry.cidrs;
  return {
    name,
    range: {
      text: entry.text,
      cidrs: entry.cidrs,
      cidr: range!,
      at: document.at(path),
      comment: document.comment(path),
    },
    natOutgoing: spec.natOutgoing === true,
    forPods: spec.disabled !== true && (uses.length === 0 || uses.includes('Workload')),
    document,
  };
}

/** Pods of all pools have to be treated alike: an intent does not tell pods apart by their address. */
function checkAlike(pools: readonly CalicoPool[], family: Family, diagnostics: Diagnostic[]): void {
  const sources = pools.filter(pool => pool.forPods && pool.range.cidr.family === family);
  const [first] = sources;
  const other = sources.find(pool => pool.natOutgoing !== first!.natOutgoing);
  if (!first || !other) return;
  const does = ({ name, natOutgoing, range }: CalicoPool) =>
    `pods of IPPool "${name}" (${range.text}) ${natOutgoing ? 'are masqueraded' : 'keep their address everywhere'}`;
  const findings = new Findings(other.document);
  const related: Related[] = [{ ...first.document.at(['spec', 'cidr']), message: 'the other pool' }];
  const message = `${does(first)}, and ${does(other)}: an intent treats all pods alike, whatever ${FAMILY_NAME[family]} address they have`;
  findings.add('MQ803', ['spec', 'natOutgoing'], { message, related });
  append(diagnostics, findings.list);
}

interface Felix {
  readonly toPorts?: string;
  readonly keepsNodes: boolean;
}

/** Reads a FelixConfiguration, as far as it is about source addresses. Source: Calico's page on it, and its CRD. */
function readFelix(document: SourceDocument, findings: Findings): Felix {
  const spec = record(valueAt(document.value, ['spec']));
  const name = objectId(document)?.name ?? '';
  const decisive = Object.keys(spec).filter(key => /^nat(?:Outgoing|PortRange)|^iptablesNATOutgoing/.test(key));
  if (name !== 'default') {
    for (const key of decisive) {
      const message = `FelixConfiguration "${name}" is about one node, and an intent treats all nodes alike`;
      findings.add('MQ803', ['spec', key], message, 'key');
    }
    return { keepsNodes: false };
  }
  if (spec.natOutgoingAddress !== undefined && spec.natOutgoingAddress !== '') {
    const message = `packets leave with ${written(spec.natOutgoingAddress)} in place of the node's address, which an intent says of egress policies only, and those name pods and destinations`;
    findings.add('MQ803', ['spec', 'natOutgoingAddress'], message);
  }
  if (typeof spec.iptablesNATOutgoingInterfaceFilter === 'string' && spec.iptablesNATOutgoingInterfaceFilter !== '') {
    const message = `whether a packet is masqueraded hangs on the interface "${spec.iptablesNATOutgoingInterfaceFilter}" that it leaves by, and in an intent on its destination alone`;
    findings.add('MQ803', ['spec', 'iptablesNATOutgoingInterfaceFilter'], message);
  }
  const keepsNodes = spec.natOutgoingExclusions === 'IPPoolsAndHostIPs';
  const toPorts = readPorts(spec.natPortRange, findings);
  return { keepsNodes, ...(toPorts !== undefined && { toPorts }) };
}

/** Calico writes a range of ports as `32768:65535`, or as one number. */
function readPorts(value: unknown, findings: Findings): string | undefined {
  if (value === undefined || value === null) return undefined;
  const text = written(value).replace(':', '-');
  const fault = portRangeFault(text);
  if (fault === undefined) return text;
  findings.add('MQ312', ['spec', 'natPortRange'], fault);
  return undefined;
}
