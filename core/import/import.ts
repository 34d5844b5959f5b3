import type { AgentFlags } from '../agentfile/flags';
import { Checker, type Input } from '../check/check';
import { andList, type Diagnostic, diagnostic, hasErrors, type Location, type RuleCode } from '../diagnostics';
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
import { POD } from '../manifest/pod';
import type { ClusterIntentSpec } from '../schema/generated/types-intent';
import { valueAt } from '../schema/path';
import { parseSource, type SourceDocument } from '../source';
import { draftAgent, holdsAgent } from './agent-draft';
import { draftAutopilot } from './autopilot-draft';
import { type DialectFacts, draftDialect } from './dialect-draft';
import type { Draft, Drafted } from './draft';
import { clusterFacts, type ImportFacts, ownRanges } from './facts';
import { draftGateway, isAnthosCluster } from './gateway-draft';
import { draftNode } from './node-draft';
import { prove } from './proof';
import { settle } from './settle';
import { bareFault, intentFault, patchFault } from './unfit';
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
  /** What is wrong, what is left out, and what differs. */
  readonly diagnostics: readonly Diagnostic[];
}

/** The order of what an import says does not matter here; who shows it sorts. */
const NOTHING: Imported = { missing: [], diagnostics: [] };

/**
 * Reads an artefact and makes the intent that denotes the same map. The intent is written, read again and compared with
 * the artefact over the whole address space before it is given out.
 * @param inputs the files of one cluster
 */
export function importIntent(inputs: readonly Input[], options: ImportOptions = {}): Imported {
  const gathered = gather(inputs, options.dialect);
  const facts = { ipv6: !ownRanges(clusterFacts(options, {})).pods[6].isEmpty() };
  const drafted = hasErrors(gathered.diagnostics)
    ? draftTheirs(gathered, facts)
    : draftAll(gathered, facts, options.flags);
  const diagnostics = distinct([...gathered.diagnostics, ...drafted.diagnostics]);
  const texts = new Map(inputs.map(({ file, text }) => [file, text]));
  return finish({ ...drafted, diagnostics }, options, file => texts.get(file));
}

/**
 * Makes the intent that denotes what a node's rules do to packets of its pods, proved in the same way.
 * @param node its rules
 * @param file the dump, which is named where nothing nearer is
 */
export function importNode(node: NodeRules, file: string, options: ImportOptions = {}): Imported {
  const { pods } = ownRanges(clusterFacts(options, {}));
  return finish(draftNode(node, pods, { file }), options, () => undefined);
}

/** Makes the intent of a draft that has no errors, as far as the facts that it needs are known, and proves it. */
function finish(
  { draft, diagnostics }: Drafted,
  options: ImportOptions,
  textOf: (file: string) => string | undefined,
): Imported {
  if (!draft || hasErrors(diagnostics)) return { ...NOTHING, diagnostics };
  const { settled, missing, diagnostics: found } = settle(draft, options, textOf);
  const all = [...diagnostics, ...found];
  if (!settled || hasErrors(all)) return { missing, diagnostics: all };
  const faults = prove(settled, draft);
  if (faults.length > 0) return { missing, diagnostics: [...all, ...faults] };
  return { intent: { name: settled.name, spec: settled.spec }, missing, diagnostics: all };
}

interface Gathered {
  readonly bundle: Bundle;
  readonly claims: Claims;
  readonly clusters: readonly SourceDocument[];
  readonly files: Checker['held']['agentFiles'];
  readonly diagnostics: readonly Diagnostic[];
}

/** Checks everything as ip-masq-agent's, but for what another data plane reads. */
function gather(inputs: readonly Input[], dialect: DialectName | undefined): Gathered {
  const checker = new Checker({ keepErrors: true, strictness: { unknownKeys: 'warn-unlike', linkLocal: 'warn' } });
  for (const input of inputs) checker.add(input);
  const documents = inputs.flatMap(({ file, text }) => parseSource(file, text).documents.flatMap(objectsOf));
  const { bundles, agentFiles, isPatch } = checker.held;
  const claims = claimDocuments(documents, mountedNames([...bundles.values()]), dialect);
  const isTheirs = isWithin(startsOf(documents), claimed(claims));
  const bundle = without([...bundles.values()], isTheirs);
  const found = [...checker.finish().diagnostics, ...(bundles.size > 1 ? checkBundle(bundle) : [])];
  const intents = documents.filter(document => isMasqDocument(document.value));
  return {
    bundle,
    claims,
    clusters: documents.filter(isAnthosCluster),
    files: agentFiles,
    diagnostics: [
      ...distinct(found)
        .filter(one => !UNSAID.includes(one.code) && !isTheirs(one))
        .map(one => forImport(one, bundle)),
      ...intents.map(intentFault),
      ...documents.filter(({ source }) => isPatch(source.file)).map(patchFault),
      ...(dialect === undefined && !bundle.daemonSets.some(isOfAnother) ? whoseKey(claims.azure, documents) : []),
      ...(dialect === undefined || dialect === 'upstream' ? [] : agentFiles.map(one => bareFault(one, dialect))),
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

/** What matters to somebody who checks files, and not to one who imports them. */
const UNSAID: readonly RuleCode[] = ['MQ212', 'MQ410', 'MQ611'];

/** How an agent runs, of which masq renders a way of its own: it does not keep anybody from knowing what is meant. */
const RENDERED_ANEW: readonly RuleCode[] = [
  'MQ606',
  'MQ607',
  'MQ608',
  'MQ609',
  'MQ610',
  'MQ614',
  'MQ615',
  'MQ617',
  'MQ618',
];

function forImport(found: Diagnostic, bundle: Bundle): Diagnostic {
  const { code, severity, message } = found;
  if (code === 'MQ310' && severity === 'note') return { ...found, severity: 'warning', hint: HINTS.MQ310! };
  if (code === 'MQ606' && severity === 'error' && isNamespaceOfList(found, bundle)) {
    const hint = 'if it is to count, give both one namespace and import again';
    return { ...found, severity: 'warning', message: `${message}: its list is not imported`, hint };
  }
  if (code === 'MQ604' && isOfNoFile(found, bundle)) {
    const hint = 'masq renders a ConfigMap with the list, and mounts it';
    return { ...found, severity: 'warning', hint };
  }
  if (!RENDERED_ANEW.includes(code) || severity !== 'error') return found;
  const hint = HINTS[code] ?? 'what masq renders has it right';
  return { ...found, severity: 'warning', hint };
}

/** Whether a place is the namespace of a ConfigMap with a list. */
function isNamespaceOfList({ file, range }: Location, { configMaps }: Bundle): boolean {
  return configMaps.some(({ document }) => {
    const own = document.at(['metadata', 'namespace']);
    return own.file === file && own.range?.start.offset === range?.start.offset;
  });
}

/** Whether a finding is about an agent that has no file: it is no patch of one, and no ConfigMap is there that could be meant. */
function isOfNoFile({ file }: Location, { configMaps, daemonSets }: Bundle): boolean {
  return (
    configMaps.length === 0 &&
    daemonSets.some(
      ({ document, image, isWithoutFile }) =>
        isWithoutFile &&
        image !== undefined &&
        valueAt(document.value, [...POD, 'hostNetwork']) === true &&
        document.source.file === file,
    )
  );
}

const HINTS: Readonly<Partial<Record<RuleCode, string>>> = {
  MQ310: 'if the cluster has the ConfigMap, import it together with the DaemonSet',
  MQ609:
    'masq renders apps/v1 with a selector; the selector of an object that runs cannot be changed: delete it before the new one is applied, its rules stay on the nodes',
  MQ610:
    'masq renders a selector; that of an object that runs cannot be changed: delete it before the new one is applied',
};

/** What other data planes' configuration says, beside errors in what else is there. */
function draftTheirs({ bundle, claims }: Gathered, facts: DialectFacts): Drafted {
  return { diagnostics: draftDialect(claims, bundle, facts)?.diagnostics ?? [] };
}

/** Those of ip-masq-agent itself. */
function mountedNames(bundles: readonly Bundle[]): ReadonlySet<string> {
  const daemonSets = bundles.flatMap(bundle => bundle.daemonSets).filter(({ dialect }) => dialect === undefined);
  return new Set(daemonSets.flatMap(({ configMaps }) => configMaps.map(({ name }) => name)));
}

/** Drafts what is there; the gateway's policies go with any agent. */
function draftAll(
  { bundle, claims, clusters, files }: Gathered,
  facts: DialectFacts,
  flags: AgentFlags | undefined,
): Drafted {
  const agent = { bundle, files, ...(flags && { flags }), ipv6: facts.ipv6 };
  const dialect = translatesNothing(claims) && holdsAgent(agent) ? undefined : draftDialect(claims, bundle, facts);
  const deciding = [
    ...(dialect ? [dialect] : []),
    ...(holdsAgent(agent) ? [draftAgent(agent)] : []),
    ...(bundle.noSnat.length > 0 ? [draftAutopilot(bundle)] : []),
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
