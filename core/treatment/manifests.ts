import { type Both, type Cidr, IntervalSet, parseCidr, setsOf } from '../address';
import { DEFAULT_FLAGS, parseAgentFlags } from '../agentfile/flags';
import { readAgentFile } from '../agentfile/read';
import { Findings } from '../intent/findings';
import type { ClusterModel } from '../intent/model';
import { gkeDefault } from '../intent/platform-default';
import { readSelector } from '../intent/selector';
import { LINK_LOCAL } from '../intent/special';
import { valueAt } from '../schema/path';
import { plainDocument, SourceText } from '../source';

import { agentTreatment } from './agentfile';
import { intentTreatment } from './intent';
import { type EgressRule, type Layer, mapOf, type TreatmentMap } from './map';
import { type Decision, MASQUERADE, PRESERVE } from './treatment';

/** A Kubernetes object as plain data. */
export type KubeObject = Readonly<Record<string, unknown>>;

/**
 * A reading of rendered objects: with `ok` the `map` that they denote and in a few words what was read `as` it, else
 * the `message` that says why they denote nothing.
 */
export type Reading =
  | { readonly ok: true; readonly map: TreatmentMap; readonly as: string }
  | { readonly ok: false; readonly message: string };

/**
 * What a cluster's rendered objects denote, read back from the objects alone and the cluster's facts.
 * Where a platform's documents leave open what objects do together, there is one reading for each possibility.
 */
export function manifestReadings(objects: readonly KubeObject[], model: ClusterModel): Reading[] {
  const egress = objects.filter(o => is(o, 'networking.gke.io/v1alpha1', 'EgressNATPolicy')).map(egressRule);
  switch (model.platform) {
    case 'gke-autopilot':
      return autopilotReadings(objects, model);
    case 'anthos-bare-metal':
      return [{ ok: true, map: { base: platformBase(model), egress }, as: 'the gateway policies' }];
    default: {
      const config = objects.find(o => is(o, 'v1', 'ConfigMap') && typeof valueAt(o, ['data', 'config']) === 'string');
      if (!config) return [{ ok: true, map: { base: platformBase(model), egress }, as: 'the platform by itself' }];
      return [agentReading(config, objects, model, egress)];
    }
  }
}

/** Traffic that no rendered object speaks of: the platform's own doing, known from the facts. */
function platformBase(model: ClusterModel): TreatmentMap['base'] {
  const { masquerade: _list, egress: _egress, ...facts } = model;
  return intentTreatment(facts).base;
}

function agentReading(
  config: KubeObject,
  objects: readonly KubeObject[],
  model: ClusterModel,
  egress: EgressRule[],
): Reading {
  const text = valueAt(config, ['data', 'config']) as string;
  const { config: file, diagnostics } = readAgentFile(new SourceText('config', text));
  if (!file) {
    const fault = diagnostics.find(d => d.severity === 'error');
    return { ok: false, message: `the rendered file is refused: ${fault?.message ?? 'it has an error'}` };
  }
  const daemonSet = objects.find(o => is(o, 'apps/v1', 'DaemonSet'));
  const args = daemonSet && valueAt(daemonSet, ['spec', 'template', 'spec', 'containers', 0, 'args']);
  const flags = daemonSet
    ? parseAgentFlags(Array.isArray(args) ? args.map(String) : []).flags
    : {
        ...DEFAULT_FLAGS,
        chain: 'IP-MASQ',
        enableIPv6: model.network.ipv6,
        ...(model.agent.toPorts !== undefined && { toPorts: model.agent.toPorts }),
      };
  return {
    ok: true,
    map: { ...agentTreatment(file, flags), egress },
    as: 'the agent with the rendered file and flags',
  };
}

/** With a policy of our own beside `default`, Google does not say whether it adds or replaces: both must do. */
function autopilotReadings(objects: readonly KubeObject[], model: ClusterModel): Reading[] {
  const policies = objects.filter(o => is(o, 'networking.gke.io/v1', 'EgressNATPolicy'));
  const replaced = policies.some(o => valueAt(o, ['metadata', 'name']) === 'default');
  const listed = policies.flatMap(o => cidrsOf(valueAt(o, ['spec', 'destinations']), 'cidr'));
  const eleven = gkeDefault({ reservedRangesFlag: false });
  const defaults = eleven === 'needs-image' ? [] : eleven;
  const adds: Reading = {
    ok: true,
    map: autopilotMap(model, [...listed, ...(replaced ? [] : defaults)]),
    as: 'the policies together',
  };
  if (policies.length === 0 || replaced) return [adds];
  return [adds, { ok: true, map: autopilotMap(model, listed), as: 'the custom policy alone' }];
}

function autopilotMap(model: ClusterModel, list: readonly Cidr[]): TreatmentMap {
  const { nodes, pods, services } = model.network;
  const managed = setsOf([...nodes, ...pods, ...services].flatMap(entry => entry.cidrs));
  const layer = (sets: Both<IntervalSet>, rule: string): Layer => ({ sets, decision: { treatment: PRESERVE, rule } });
  const layers = [
    layer(LINK_LOCAL, 'link-local'),
    layer(managed, 'the GKE-managed policy'),
    layer(setsOf(list), 'EgressNATPolicy'),
  ];
  const rest: Decision = { treatment: MASQUERADE, rule: 'everything that no policy preserves' };
  return { base: { 4: mapOf(layers, { 4: rest, 6: rest }).base[4], 6: platformBase(model)[6] }, egress: [] };
}

function egressRule(object: KubeObject): EgressRule {
  const spec = valueAt(object, ['spec']) as Record<string, unknown>;
  const name = String(valueAt(object, ['metadata', 'name']));
  const document = plainDocument(object, 'EgressNATPolicy');
  const findings = new Findings(document);
  const rules = Array.isArray(spec.egress) ? spec.egress : [];
  const set = setsOf(cidrsOf(spec.destinationCIDRs));
  return {
    pods: rules.map((rule, i) => ({
      namespaces: readSelector(
        valueAt(rule, ['namespaceSelector']),
        ['spec', 'egress', i, 'namespaceSelector'],
        findings,
      ),
      pods: readSelector(valueAt(rule, ['podSelector']), ['spec', 'egress', i, 'podSelector'], findings),
    })),
    destinations: set[4] ?? IntervalSet.empty(4),
    decision: { treatment: { kind: 'snat', sourceIP: String(spec.egressSourceIP) }, rule: `EgressNATPolicy "${name}"` },
  };
}

function cidrsOf(value: unknown, key?: string): Cidr[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap(item => {
    const text: unknown = key === undefined ? item : valueAt(item, [key]);
    const parsed = typeof text === 'string' ? parseCidr(text) : undefined;
    return parsed?.ok ? [parsed.value] : [];
  });
}

function is(object: KubeObject, apiVersion: string, kind: string): boolean {
  return object.apiVersion === apiVersion && object.kind === kind;
}
