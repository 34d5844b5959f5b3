import { type Both, both, IntervalSet } from '../address';
import { isAntreaEgress, readAntrea } from '../dialect/antrea';
import { isAwsNode, readAws } from '../dialect/aws';
import { isAzureConfigMap, readAzure, reconciledByAks } from '../dialect/azure';
import { isCalicoObject, readCalico } from '../dialect/calico';
import { readCilium } from '../dialect/cilium';
import { type OwnRanges, type ReadDialect, readingMap } from '../dialect/reading';
import { unionOfEntries } from '../intent/entry';
import type { ClusterModel } from '../intent/model';
import { parseSource, type SourceDocument } from '../source';
import { intentTreatment, whereSaid } from '../treatment/intent';
import { firstDifference, witnessText } from '../treatment/map';
import { familiesOf } from './common';
import type { TargetFacts, TargetName } from './facts';
import { vpcRanges } from './vpc';

/** One way to read a target's files: where its documents leave something open, there is one for each possibility. */
interface Possibility {
  readonly read: ReadDialect;
  /** What the data plane has for itself then. */
  readonly own: OwnRanges;
}

/**
 * Packets that a target's files, read as the target reads them, treat otherwise than the intent; none is the proof that
 * there are none.
 */
export function mismatches(
  name: TargetName,
  model: ClusterModel,
  facts: TargetFacts,
  files: ReadonlyMap<string, string>,
): string[] {
  const documents = new Map([...files].flatMap(([path, text]) => documentOf(path, text)));
  const wanted = intentTreatment(model);
  return possibilities(name, model, facts, documents).flatMap(({ read: { reading, diagnostics }, own }) => {
    if (!reading) return diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message);
    const done = readingMap(reading, own);
    const witness = firstDifference(whereSaid(wanted, done), done);
    return witness ? [witnessText(witness, 'the intent', reading.as)] : [];
  });
}

function documentOf(path: string, text: string): [string, SourceDocument][] {
  const [document] = parseSource(path, text).documents;
  return document ? [[path, document]] : [];
}

function possibilities(
  name: TargetName,
  model: ClusterModel,
  facts: TargetFacts,
  files: ReadonlyMap<string, SourceDocument>,
): Possibility[] {
  const own = ownRanges(model, facts);
  const documents = [...files.values()];
  const values = [...files].find(([path]) => path.startsWith('values/'))?.[1];
  if (documents.length === 0) return [];
  switch (name) {
    case 'cilium': {
      const read = readCilium(documents, model.network.ipv6);
      // With routes of the network's own Cilium keeps pods' addresses to nodes, through tunnels it does not.
      return [own, withoutNodes(own)].map(ranges => ({ read, own: ranges }));
    }
    case 'aws':
      return documents.filter(isAwsNode).map(document => ({ read: readAws(document), own }));
    case 'azure': {
      const configMaps = documents.filter(isAzureConfigMap);
      return [true, false].map(masqLinkLocal => {
        const reconciled = reconciledByAks(vpcRanges(model, facts), masqLinkLocal);
        return { read: readAzure({ configMaps: [...configMaps, reconciled] }), own };
      });
    }
    case 'calico':
      return [{ read: readCalico(documents.filter(isCalicoObject)), own }];
    case 'antrea': {
      const egresses = documents.filter(isAntreaEgress);
      const read = readAntrea({ ...(values && { values }), egresses, families: familiesOf(model) });
      // Antrea knows the nodes that there are, and not the range that they are in.
      return [own, withoutNodes(own)].map(ranges => ({ read, own: ranges }));
    }
  }
}

function withoutNodes(own: OwnRanges): OwnRanges {
  return { ...own, nodes: both(IntervalSet.empty) };
}

function ownRanges(model: ClusterModel, facts: TargetFacts): OwnRanges {
  const { nodes, pods, services } = model.network;
  const sets = (entries: typeof nodes): Both<IntervalSet> => both(family => unionOfEntries(entries, family));
  return {
    nodes: sets(nodes),
    pods: sets(pods),
    services: sets(services),
    vpc: { 4: vpcRanges(model, facts), 6: IntervalSet.empty(6) },
  };
}
