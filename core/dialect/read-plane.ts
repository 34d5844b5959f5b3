import { FAMILIES, formatAddress, setsOf } from '../address';
import { andList, type Diagnostic, diagnostic, hasErrors } from '../diagnostics';
import { commonLabels, labelsText } from '../intent/selector';
import { OF_AKS, RECONCILED } from '../manifest/config-map';
import type { AgentDaemonSet } from '../manifest/daemon-set';
import { Identities } from '../manifest/identities';
import { objectId } from '../manifest/object';
import type { SourceDocument } from '../source';
import { firstDifference, witnessText } from '../treatment/map';
import { antreaSettings, isAntreaConfig, isAntreaEgress, isAntreaValues, readAntrea } from './antrea';
import { missingVariables, readAws } from './aws';
import { readAzure } from './azure';
import { readCalico } from './calico';
import { isCiliumSettings, readCilium } from './cilium';
import { type Claims, claimed, severalDataPlanes } from './claims';
import type { Plane } from './plane';
import { type DialectPolicy, type ReadDialect, readingMap } from './reading';
import { readTencent } from './tencent';

/** What became of the documents that other data planes read: one that decides, and what is to be said of them. */
export interface ReadPlane {
  /** Absent when there is an error: nothing is guessed. */
  readonly plane?: Plane;
  readonly diagnostics: readonly Diagnostic[];
}

/** How the objects of one cluster are read. */
export interface PlaneOptions {
  /** The DaemonSet of Azure's agent, where it is there. */
  readonly azureSet?: AgentDaemonSet;
  /** Whether what is not there does not exist, as of a running cluster. */
  readonly isWhole: boolean;
}

/** Reads the configuration of the one data plane that decides; several are refused. */
export function readPlane(claims: Claims, options: PlaneOptions): ReadPlane {
  const { azureSet } = options;
  const open = undecided(claims, azureSet);
  if (open.length > 0) return { diagnostics: open };
  const { antrea, aws, azure, calico, cilium, tencent } = claims;
  if (calico.length > 0) return planeOfCalico(calico);
  if (cilium.length > 0) return planeOf(ipv6 => readCilium(cilium, ipv6));
  if (antrea.length > 0) return planeOfAntrea(antrea, options);
  if (azure.length > 0 || azureSet) return planeOfAzure(azure, options);
  if (tencent.length > 0) return planeOf(() => readTencent(tencent[0]!));
  return planeOfAws(aws);
}

/** What is said where several data planes would each decide, or objects of one stand there twice. */
export function undecided(claims: Claims, azureSet: AgentDaemonSet | undefined): readonly Diagnostic[] {
  const several = severalDataPlanes(claims, azureSet);
  return several ? [several] : claimedTwice(claims);
}

/** A plane of what a reader reads, whatever pods have; what is to be said is the same. */
function planeOf(read: (ipv6: boolean) => ReadDialect, more: Pick<Plane, 'pods' | 'lacksReconciled'> = {}): ReadPlane {
  const { reading, diagnostics } = read(false);
  if (!reading) return { diagnostics };
  const clashes = policyClashes(reading.egress);
  if (clashes.length > 0) return { diagnostics: [...diagnostics, ...clashes] };
  return { plane: { as: reading.as, ...more, read: ipv6 => read(ipv6).reading! }, diagnostics };
}

/** The pods have addresses of the pools. */
function planeOfCalico(documents: readonly SourceDocument[]): ReadPlane {
  const read = readCalico(documents);
  const { pools, diagnostics } = read;
  if (!read.reading) return { diagnostics };
  const families = FAMILIES.filter(family => pools.some(({ range }) => range.cidr.family === family));
  const unknown = families.filter(family => !pools.some(one => one.forPods && one.range.cidr.family === family));
  if (pools.length === 0 || unknown.length > 0) {
    const which = pools.length === 0 ? 'no IPPool' : `no IPv${unknown[0]} IPPool that pods get addresses of`;
    const message = `there is ${which} among what is read, and its natOutgoing decides; add it`;
    return { diagnostics: [...diagnostics, diagnostic('MQ803', documents[0]!.at([]), { message })] };
  }
  const pods = setsOf(pools.filter(pool => pool.forPods).map(({ range }) => range.cidr));
  return planeOf(() => read, { pods });
}

/** A running cluster has Antrea's settings in a ConfigMap; elsewhere what nobody sets is as Antrea has it. */
function planeOfAntrea(documents: readonly SourceDocument[], { isWhole }: PlaneOptions): ReadPlane {
  if (isWhole && !documents.some(isAntreaConfig)) {
    const message =
      'the ConfigMap "antrea-config" in kube-system with Antrea\'s settings is not there, which decide too';
    return { diagnostics: [diagnostic('MQ803', documents[0]!.at([]), { message })] };
  }
  return planeOf(ipv6 => readAntreaObjects(documents, ipv6));
}

/** Reads Antrea's settings, from its ConfigMap or else from values of its chart, and its Egress objects. */
export function readAntreaObjects(documents: readonly SourceDocument[], ipv6: boolean): ReadDialect {
  const [config] = documents.filter(isAntreaConfig);
  const settings = config && antreaSettings(config);
  if (settings && hasErrors(settings.diagnostics)) return { diagnostics: settings.diagnostics };
  const values = settings ? settings.documents[0] : documents.find(isAntreaValues);
  const egresses = documents.filter(isAntreaEgress);
  const read = readAntrea({ ...(values && { values }), egresses, families: ipv6 ? [4, 6] : [4] });
  return { ...read, diagnostics: [...(settings?.diagnostics ?? []), ...read.diagnostics] };
}

/** Beside the ConfigMap for lists of one's own AKS has another one, unless a DaemonSet says what is mounted. */
function planeOfAzure(configMaps: readonly SourceDocument[], { azureSet, isWhole }: PlaneOptions): ReadPlane {
  const names = configMaps.map(one => objectId(one)?.name);
  const mounted = azureSet?.configMaps.some(({ name }) => name === RECONCILED) ?? false;
  const lacks = !isWhole && (azureSet ? mounted && !names.includes(RECONCILED) : lacksReconciled(configMaps));
  const read = readAzure({ configMaps, ...(azureSet && { daemonSet: azureSet }) });
  return planeOf(() => read, lacks ? { lacksReconciled: true } : {});
}

/** Whether the ConfigMap for lists of one's own on AKS is there without the one that AKS keeps beside it. */
export function lacksReconciled(configMaps: readonly SourceDocument[]): boolean {
  const names = configMaps.map(one => objectId(one)?.name);
  return names.includes(OF_AKS) && !names.includes(RECONCILED);
}

function planeOfAws(documents: readonly SourceDocument[]): ReadPlane {
  const read = readAwsObjects(documents);
  return read.reading ? planeOf(() => read) : read;
}

/** Reads what is said of AWS's VPC CNI: a patch of its DaemonSet and the configuration of the add-on stand together, and say the same. */
export function readAwsObjects(documents: readonly SourceDocument[]): ReadDialect {
  const [first, ...others] = documents.map(document => ({ document, read: readAws(document) }));
  const all = [first!, ...others];
  const diagnostics = all.flatMap(({ read }) => read.diagnostics);
  for (const { document } of all) {
    const missing = missingVariables(document);
    if (missing.length === 0) continue;
    const message = `this says nothing of ${andList(missing)}, which stays as it is on the cluster; write it, or give the whole DaemonSet`;
    diagnostics.push(diagnostic('MQ803', document.at([]), { message }));
  }
  if (hasErrors(diagnostics)) return { diagnostics };
  for (const { document, read } of others) {
    const witness = firstDifference(readingMap(first!.read.reading!), readingMap(read.reading!));
    if (!witness) continue;
    const message = `what is said of AWS's VPC CNI differs: ${witnessText(witness, first!.document.source.file, document.source.file)}`;
    return { diagnostics: [...diagnostics, diagnostic('MQ803', document.at([]), { message })] };
  }
  return { reading: first!.read.reading!, diagnostics };
}

/** Objects of which the data plane has one, and that stand there twice: whose word counts cannot be told. */
function claimedTwice(claims: Claims): Diagnostic[] {
  const found = new Identities(claimed(claims)).duplicates();
  const twice = (documents: readonly SourceDocument[], what: string): Diagnostic[] =>
    documents.slice(1).map(document => {
      const related = [{ ...documents[0]!.at([]), message: 'the first one' }];
      return diagnostic('MQ803', document.at([]), { message: `${what} are there twice, and one counts`, related });
    });
  const { antrea, aws, cilium, tencent } = claims;
  const files = cilium.filter(one => objectId(one)?.kind === 'ConfigMap' && !isCiliumSettings(one));
  return [
    ...found.map(one => ({ ...one, severity: 'error' as const })),
    ...twice(cilium.filter(isCiliumSettings), "Cilium's settings"),
    ...twice(files, "files of Cilium's ip-masq-agent"),
    ...twice(
      antrea.filter(one => isAntreaConfig(one) || isAntreaValues(one)),
      "Antrea's settings",
    ),
    ...twice(
      aws.filter(one => objectId(one)),
      'DaemonSets of the VPC CNI',
    ),
    ...twice(tencent, "files of Tencent's agent"),
  ];
}

/** Policies that give one packet two addresses: which one it gets is left open. */
function policyClashes(policies: readonly DialectPolicy[]): Diagnostic[] {
  return policies.flatMap((later, i) =>
    policies.slice(0, i).flatMap(earlier => {
      const first = earlier.destinations.intersect(later.destinations).first();
      if (!first || earlier.sourceIP === later.sourceIP) return [];
      const pod = sharedPod(earlier, later);
      if (pod === undefined) return [];
      const message = `policies "${earlier.name}" and "${later.name}" both claim packets from ${pod} to ${formatAddress(first)}, with source IPs ${earlier.sourceIP} and ${later.sourceIP}; make them disjoint`;
      return [diagnostic('MQ508', later.at ?? {}, { message })];
    }),
  );
}

function sharedPod(a: DialectPolicy, b: DialectPolicy): string | undefined {
  for (const left of a.pods) {
    for (const right of b.pods) {
      const pod = commonLabels(left.pods, right.pods);
      const namespace = commonLabels(left.namespaces, right.namespaces);
      if (pod && namespace) return `pod ${labelsText(pod)} in namespace ${labelsText(namespace)}`;
    }
  }
  return undefined;
}
