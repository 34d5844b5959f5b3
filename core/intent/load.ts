import intentSchema from '../../schemas/intent.schema.json';
import { BITS } from '../address';
import { writeAgentFile } from '../agentfile/write';
import { planCluster } from '../artefact/plan';
import { type Diagnostic, diagnostic, hasErrors, orList, suggest } from '../diagnostics';
import { append } from '../diagnostics/collect';
import { sizeFault } from '../manifest/size';
import { validateClusterIntent, validateRangeSet } from '../schema/generated/validator-intent';
import { gapsOf } from '../schema/placeholder';
import { shapeDiagnostics } from '../schema/shape';
import type { SourceDocument } from '../source';
import { DEFAULT_CIDR_LIMIT } from '../treatment/agentfile';
import { buildModel } from './build';
import { checkAgent } from './check-agent';
import { noteAddedPolicy } from './check-autopilot';
import { checkGateway } from './check-gateway';
import { checkMasquerade } from './check-masquerade';
import { checkNetwork } from './check-network';
import { checkPlatform } from './check-platform';
import { Findings } from './findings';
import type { ClusterModel } from './model';
import { isNeeded } from './needed';
import { keptDefaults } from './preserved';
import { RangeScope, rangeDefinitions } from './ranges';

/** The version of the documents that this masq reads. */
export const API_VERSION = 'masq/v1alpha1';

const PRESERVE = ['spec', 'masquerade', 'preserve'] as const;

const KINDS = ['ClusterIntent', 'RangeSet'] as const;

/** The schema of each kind's documents. */
const ROOTS = {
  ClusterIntent: { $defs: intentSchema.$defs, $ref: '#/$defs/ClusterIntent' },
  RangeSet: { $defs: intentSchema.$defs, $ref: '#/$defs/RangeSet' },
} as const;

/** What became of the masq documents of one file. */
export interface LoadedIntents {
  /** The intents whose shape could be read; emit nothing of one when there are errors. */
  readonly clusters: readonly ClusterModel[];
  /** What was found in the documents. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Whether a document is meant for masq: by its apiVersion, by a kind of ours, or by both with a slip in each. */
export function isMasqDocument(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { apiVersion, kind } = value as Record<string, unknown>;
  if (typeof apiVersion === 'string' && /^masq(?:\/|$)/i.test(apiVersion)) return true;
  if (KINDS.some(k => k === kind)) return true;
  return (
    typeof apiVersion === 'string' &&
    isMasqGroup(apiVersion.split('/')[0]!) &&
    typeof kind === 'string' &&
    suggest(kind, KINDS) !== undefined
  );
}

/** Whether the group of an apiVersion is masq's, or nearly so. */
export function isMasqGroup(group: string): boolean {
  return /^.{0,4}m?asq/i.test(group) || suggest(group, ['masq'], 1) !== undefined;
}

/** Reads the masq documents of one file: RangeSets first, since every intent of the file may use their names. */
export function loadIntents(documents: readonly SourceDocument[]): LoadedIntents {
  const diagnostics: Diagnostic[] = [];
  const known = documents.filter(document => checkKind(document, diagnostics));
  const rangeSets = known.filter(document => kindOf(document) === 'RangeSet');
  let scope: RangeScope | undefined;
  for (const document of rangeSets) {
    const findings = new Findings(document);
    checkShape(document, findings, validateRangeSet);
    const ranges = (document.value as { ranges?: unknown }).ranges;
    scope = new RangeScope(findings, rangeDefinitions(ranges), ['ranges'], scope);
    scope.resolveAll();
    scope.publish();
    append(diagnostics, findings.list);
  }
  const clusters = known
    .filter(document => kindOf(document) === 'ClusterIntent')
    .flatMap(document => {
      const loaded = loadIntent(document, scope);
      append(diagnostics, loaded.diagnostics);
      return loaded.clusters;
    });
  return { clusters, diagnostics };
}

/** Reads one ClusterIntent; the model is there whenever the platform is known, even beside errors. */
export function loadIntent(document: SourceDocument, scope?: RangeScope): LoadedIntents {
  const findings = new Findings(document);
  checkShape(document, findings, validateClusterIntent);
  const model = buildModel(findings, scope);
  if (model) {
    checkNetwork(model, findings);
    checkPlatform(model, findings);
    checkMasquerade(model, findings);
    checkAgent(model, findings);
    checkGateway(model, findings);
    if (!hasErrors(findings.list)) {
      checkLength(model, findings);
      noteAddedPolicy(model, findings);
    }
    if (!model.masquerade && !model.egress && findings.list.length === 0) {
      findings.add(
        'MQ314',
        ['spec'],
        `nothing is to be rendered for "${model.name}": it has neither masquerade nor egress`,
        'key',
      );
    }
  }
  return { clusters: model ? [model] : [], diagnostics: findings.list };
}

/**
 * Notes a list that is longer than ip-masq-agent takes by default. A hole splits a range into a block for each of its
 * bits at the most: short intents cannot get that long, and are not planned for it.
 */
function checkLength(model: ClusterModel, findings: Findings): void {
  const list = model.masquerade;
  if (!list) return;
  const { nodes, pods, services } = model.network;
  const entries = [...list.preserve, ...nodes, ...pods, ...services];
  const defaults = keptDefaults(model, list)[4].intervalCount;
  const blocks = entries.reduce((sum, entry) => sum + entry.cidrs.length, defaults);
  const holes = [
    ...list.always.flatMap(entry => entry.cidrs),
    ...list.preserve.flatMap(entry => entry.exceptions.flatMap(e => e.cidrs)),
  ];
  const splits = holes.reduce((sum, hole) => sum + BITS[hole.family], 0);
  if (blocks + splits <= DEFAULT_CIDR_LIMIT) return;
  const { agent, noSnat } = planCluster(model);
  for (const { destinations } of noSnat) checkDestinations(destinations.length, findings);
  const file = agent?.file;
  if (file?.cidrLimit === undefined) return;
  const tooLarge = sizeFault([writeAgentFile(file)]);
  if (tooLarge !== undefined) {
    const message = `the list renders to ${file.cidrLimit} entries of ${tooLarge}; write fewer, wider ranges`;
    findings.add('MQ122', PRESERVE, { message, severity: 'error' }, 'key');
    return;
  }
  findings.add(
    'MQ122',
    PRESERVE,
    {
      message: `the list renders to ${file.cidrLimit} entries, more than ip-masq-agent's limit of ${DEFAULT_CIDR_LIMIT}; cidrLimit: ${file.cidrLimit} is rendered with it`,
      hint: 'an image older than the key ignores it and refuses the whole file: try it on one node first',
    },
    'key',
  );
}

/** GKE makes one list of the agent of a policy's destinations, and there nobody can raise its limit. */
function checkDestinations(count: number, findings: Findings): void {
  if (count <= DEFAULT_CIDR_LIMIT) return;
  const message = `the list renders to ${count} destinations, of which GKE makes nonMasqueradeCIDRs of its ip-masq-agent; the agent refuses more than ${DEFAULT_CIDR_LIMIT}, and on gke-autopilot nobody can set cidrLimit: write fewer, wider ranges`;
  findings.add('MQ122', PRESERVE, { message, severity: 'warning' }, 'key');
}

function kindOf(document: SourceDocument): unknown {
  return (document.value as { kind?: unknown }).kind;
}

function checkKind(document: SourceDocument, diagnostics: Diagnostic[]): boolean {
  const { apiVersion, kind } = document.value as { apiVersion?: unknown; kind?: unknown };
  const misspelt = (key: string): boolean => {
    const found = Object.keys(document.value as object).find(k => k !== key && suggest(k, [key]) !== undefined);
    if (found === undefined) return false;
    const message = `unknown key "${found}"; did you mean "${key}"?`;
    diagnostics.push(diagnostic('MQ203', document.at([found], 'key'), { message }));
    return true;
  };
  if (apiVersion !== API_VERSION && (apiVersion !== undefined || !misspelt('apiVersion'))) {
    const at = document.at(['apiVersion']);
    const message =
      apiVersion === undefined
        ? `the document lacks "apiVersion: ${API_VERSION}"`
        : `apiVersion ${JSON.stringify(apiVersion)} is unknown; write "${API_VERSION}"`;
    diagnostics.push(diagnostic('MQ213', at, { message }));
  }
  if (KINDS.some(known => known === kind)) return true;
  if (kind === undefined && misspelt('kind')) return false;
  const near = typeof kind === 'string' ? suggest(kind, KINDS) : undefined;
  const instead = near ? `did you mean "${near}"?` : `write ${orList(KINDS)}`;
  const message =
    kind === undefined
      ? `the document lacks "kind"; ${instead}`
      : `kind ${JSON.stringify(kind)} is unknown; ${instead}`;
  diagnostics.push(diagnostic('MQ213', document.at(['kind']), { message }));
  return false;
}

function checkShape(document: SourceDocument, findings: Findings, validate: typeof validateClusterIntent): void {
  const root = ROOTS[kindOf(document) as (typeof KINDS)[number]];
  for (const { path, text, wanted } of gapsOf(document.value, root)) {
    findings.add('MQ613', path, `"${text}" is a placeholder that was never filled in; write ${wanted}`);
    findings.close(path);
  }
  if (validate(document.value)) return;
  const errors = (validate.errors ?? []).filter(
    e => e.instancePath !== '/apiVersion' && e.params.missingProperty !== 'apiVersion',
  );
  findings.addAll(shapeDiagnostics(document, errors, root, { isNeeded: path => isNeeded(document.value, path) }));
}
