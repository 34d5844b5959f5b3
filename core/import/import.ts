import { isAgentFile } from '../check/agent-files';
import { Checker, type Input } from '../check/check';
import { andList, type Diagnostic, diagnostic, hasErrors, type Location } from '../diagnostics';
import { distinct } from '../diagnostics/collect';
import {
  type Claims,
  claimDocuments,
  claimed,
  type DialectName,
  isWithin,
  startsOf,
  translatesNothing,
} from '../dialect/claims';
import type { NodeRules } from '../dump/node-rules';
import { isMasqDocument } from '../intent/load';
import { type Bundle, checkBundle, emptyBundle } from '../manifest/bundle';
import { objectsOf } from '../manifest/list';
import type { ClusterIntentSpec } from '../schema/generated/types-intent';
import { parseSource, type SourceDocument } from '../source';
import { draftAgent, holdsAgent } from './agent-draft';
import { draftAutopilot } from './autopilot-draft';
import { type DialectFacts, draftDialect } from './dialect-draft';
import type { Draft, Drafted } from './draft';
import { clusterFacts, type ImportFacts, ownRanges } from './facts';
import { forImport, UNSAID } from './found';
import { draftGateway, isAnthosCluster } from './gateway-draft';
import { idleDialect, idleFacts } from './misused';
import { draftNode } from './node-draft';
import { prove } from './proof';
import { settle } from './settle';
import { bareFault, installationFault, intentFault, isInstallation, patchFault } from './unfit';
import { whoseKey } from './whose-key';

/** How something is imported. */
export interface ImportOptions extends ImportFacts {
  /** Whose configuration a file is that several data planes read. @default what stands beside it shows */
  readonly dialect?: DialectName;
}

/** What became of an import. */
export interface Imported {
  /** The intent; absent when a fact is missing, or when there is an error. */
  readonly intent?: { readonly name: string; readonly spec: ClusterIntentSpec };
  /** The facts that are missing, each in a line with the option that gives it. */
  readonly missing: readonly string[];
  /** What is wrong with options, or that they have no effect, each in a line: nothing is made in spite of one. */
  readonly misused: readonly string[];
  /** What is wrong, what is left out, and what differs. */
  readonly diagnostics: readonly Diagnostic[];
}

/** The order of what an import says does not matter here; who shows it sorts. */
const NOTHING: Imported = { missing: [], misused: [], diagnostics: [] };

/**
 * Reads an artefact and makes the intent that denotes the same map. The intent is written, read again and compared with
 * the artefact over the whole address space before it is given out.
 * @param inputs the files of one cluster
 */
export function importIntent(inputs: readonly Input[], options: ImportOptions = {}): Imported {
  const gathered = gather(inputs, options.dialect);
  const facts = { ipv6: !ownRanges(clusterFacts(options, {})).pods[6].isEmpty() };
  const drafted = hasErrors(gathered.diagnostics) ? draftTheirs(gathered, facts) : draftAll(gathered, facts, options);
  const diagnostics = distinct([...gathered.diagnostics, ...drafted.diagnostics]);
  const imported = finish({ ...drafted, diagnostics }, options);
  return withMisused(imported, gathered.misused);
}

function withMisused(imported: Imported, misused: readonly string[]): Imported {
  if (misused.length === 0) return imported;
  const { intent: _not, ...rest } = imported;
  return { ...rest, misused: [...misused, ...rest.misused] };
}

/**
 * Makes the intent that denotes what a node's rules do to packets of its pods, proved in the same way.
 * @param node its rules
 * @param file the dump, which is named where nothing nearer is
 */
export function importNode(node: NodeRules, file: string, options: ImportOptions = {}): Imported {
  const { pods } = ownRanges(clusterFacts(options, {}));
  const imported = finish(draftNode(node, pods, { file }), options);
  return withMisused(imported, idleDialect(options.dialect));
}

/** Makes the intent of a draft that has no errors, as far as the facts that it needs are known, and proves it. */
function finish({ draft, diagnostics }: Drafted, options: ImportOptions): Imported {
  if (!draft || hasErrors(diagnostics)) return { ...NOTHING, diagnostics };
  const { settled, missing, misused: needless, diagnostics: found } = settle(draft, options);
  const all = [...diagnostics, ...found];
  const idle = [...idleFacts(draft, options), ...needless];
  if (!settled || hasErrors(all) || idle.length > 0) return { missing, misused: idle, diagnostics: all };
  const { misused, faults } = prove(settled, draft, options);
  if (misused.length + faults.length > 0) return { missing, misused, diagnostics: [...all, ...faults] };
  return { intent: { name: settled.name, spec: settled.spec }, missing, misused, diagnostics: all };
}

interface Gathered {
  readonly bundle: Bundle;
  readonly claims: Claims;
  readonly clusters: readonly SourceDocument[];
  readonly files: Checker['held']['agentFiles'];
  readonly misused: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Checks everything as ip-masq-agent's, but for what another data plane reads. */
function gather(inputs: readonly Input[], dialect: DialectName | undefined): Gathered {
  const checker = new Checker({ keepErrors: true, strictness: { unknownKeys: 'warn-unlike', linkLocal: 'warn' } });
  for (const input of inputs) checker.add(input);
  const documents = inputs.flatMap(({ file, text }) => parseSource(file, text).documents.flatMap(objectsOf));
  const { bundles, agentFiles, isPatch } = checker.held;
  const daemonSets = [...bundles.values()].flatMap(one => one.daemonSets);
  const claims = claimDocuments(documents, daemonSets, dialect);
  const isTheirs = isWithin(startsOf(documents), claimed(claims));
  const bundle = without([...bundles.values()], isTheirs);
  const found = [...checker.finish().diagnostics, ...(bundles.size > 1 ? checkBundle(bundle) : [])];
  const intents = documents.filter(document => isMasqDocument(document.value));
  const isTaken = dialect === undefined && !daemonSets.some(isOfAnother);
  const whose = isTaken ? whoseKey(claims.azure, documents) : [];
  // A file that an ip-masq-agent misses may be one that is taken for another's.
  const isMissed = [...found, ...whose].some(({ code }) => code === 'MQ602' || code === 'MQ603');
  // Another data plane reads no bare file: what ip-masq-agent would say of it does not matter.
  const bare = dialect === undefined || dialect === 'upstream' ? [] : documents.filter(isAgentFile);
  const isInBare = ({ file }: Location): boolean => bare.some(({ source }) => source.file === file);
  return {
    bundle,
    claims,
    clusters: documents.filter(isAnthosCluster),
    files: agentFiles,
    misused: idleDialect(bare.length > 0 ? undefined : dialect, claims, bundle.daemonSets.some(isOfAnother)),
    diagnostics: [
      ...distinct(found)
        .filter(one => !UNSAID.includes(one.code) && !isTheirs(one) && !isInBare(one))
        .map(one => forImport(one, bundle)),
      ...intents.map(intentFault),
      ...(claims.calico.length > 0 ? [] : documents.filter(isInstallation).map(installationFault)),
      ...documents.filter(({ source }) => isPatch(source.file)).map(patchFault),
      ...(isMissed ? whose.filter(({ severity }) => severity === 'error') : whose),
      ...bare.map(document => bareFault(document, dialect!)),
    ],
  };
}

function isOfAnother({ dialect }: Bundle['daemonSets'][number]): boolean {
  return dialect !== undefined;
}

/** The objects of all folders, but for those that another data plane reads. */
function without(bundles: readonly Bundle[], isTheirs: (place: Location) => boolean): Bundle {
  const all = emptyBundle();
  for (const { documents, configMaps, daemonSets, noSnat, policies, gateways } of bundles) {
    all.documents.push(...documents);
    all.configMaps.push(...configMaps.filter(({ document }) => !isTheirs(document.at([]))));
    all.daemonSets.push(...daemonSets.filter(({ document }) => !isTheirs(document.at([]))));
    all.noSnat.push(...noSnat);
    all.policies.push(...policies);
    all.gateways.push(...gateways);
  }
  return all;
}

/** What other data planes' configuration says, beside errors in what else is there. */
function draftTheirs({ bundle, claims }: Gathered, facts: DialectFacts): Drafted {
  return { diagnostics: draftDialect(claims, bundle, facts)?.diagnostics ?? [] };
}

/** Drafts what is there; the gateway's policies go with any agent. */
function draftAll(
  { bundle, claims, clusters, files }: Gathered,
  facts: DialectFacts,
  { flags, dataplane, platform }: ImportFacts,
): Drafted {
  const isDataplaneV2 = dataplane === 'v2';
  const agent = { bundle, files, ...(flags && { flags }), ipv6: facts.ipv6, isDataplaneV2 };
  const dialect = translatesNothing(claims) && holdsAgent(agent) ? undefined : draftDialect(claims, bundle, facts);
  const deciding = [
    ...(dialect ? [dialect] : []),
    ...(holdsAgent(agent) ? [draftAgent(agent)] : []),
    ...(bundle.noSnat.length > 0 ? [draftAutopilot(bundle, platform)] : []),
  ];
  const hasGateway = bundle.policies.length + bundle.gateways.length > 0;
  const gateway = hasGateway || clusters.length > 0 ? draftGateway({ bundle, clusters }) : undefined;
  const diagnostics = [...deciding, ...(gateway ? [gateway] : [])].flatMap(drafted => drafted.diagnostics);
  const drafts = deciding.flatMap(({ draft }) => draft ?? []);
  const [first, second] = drafts;
  if (second) {
    const message = `${andList(drafts.map(draft => draft.as))} are imported together, and each of them would decide; import one`;
    return { diagnostics: [...diagnostics, diagnostic('MQ803', second.at, { message })] };
  }
  if (deciding.length > 0 && !first) return { diagnostics };
  const draft = first ? withGateway(first, gateway?.draft) : gateway?.draft;
  return { ...(draft && { draft }), diagnostics };
}

/** An agent's draft with what a gateway and a Cluster say beside it. */
function withGateway(draft: Draft, gateway: Draft | undefined): Draft {
  if (!gateway) return draft;
  return {
    ...draft,
    found: { ...gateway.found, ...draft.found },
    ...(gateway.egress && { egress: gateway.egress }),
    map: own => ({ ...draft.map(own), egress: [...draft.map(own).egress, ...gateway.map(own).egress] }),
  };
}
