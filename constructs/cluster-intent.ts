import { ApiObject, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { KubeObject } from '../core/artefact/kube-object';
import { type GatewayPlan, type Plan, planCluster } from '../core/artefact/plan';
import { verifyManifests } from '../core/artefact/verify';
import { type Diagnostic, hasErrors } from '../core/diagnostics';
import { labelSelector } from '../core/intent/label-selector';
import { API_VERSION, loadIntent } from '../core/intent/load';
import type { ClusterModel } from '../core/intent/model';
import { REASON } from '../core/manifest/object';
import type { ClusterIntentSpec } from '../core/schema/generated/types-intent';
import { AnthosClusterPatch } from './anthos-cluster-patch';
import { setCluster } from './cluster';
import { EgressNATPolicyV1, EgressNATPolicyV1Alpha1 } from './egress-nat-policy';
import { CustomResourceDefinitions } from './gateway-crds';
import { IpMasqAgent } from './ip-masq-agent';
import type { CommonProps } from './metadata';
import { AnthosNetworkGateway, NetworkGatewayGroup } from './network-gateway';
import { brokenTexts, CLUSTER_NAME, checkProps, MAP, optional, type PropsShape, required, unlessSaid } from './props';
import { propsDocument, reportFindings, watchFindings } from './validation';

/** Properties of {@link ClusterIntent}: the `spec` of the YAML document, key for key, and what every object carries. */
export interface ClusterIntentProps extends ClusterIntentSpec, CommonProps {
  /**
   * The cluster's name: the folder that it renders to.
   * @default the construct's id
   */
  readonly clusterName?: string;
}

/** An intent as it was read: the model as far as the shape allows one, and what was found. */
export interface ReadIntent {
  /** The cluster's name. */
  readonly name: string;
  /** The model; undefined when not even the platform could be read. */
  readonly model: ClusterModel | undefined;
  /** What was found in the document; an error keeps everything from being rendered. */
  readonly diagnostics: readonly Diagnostic[];
}

const SHAPE: PropsShape<Omit<ReadIntent, 'model'> & Partial<Pick<ReadIntent, 'model'>>> = {
  name: required(CLUSTER_NAME),
  model: optional({ type: 'object', required: ['document', 'name', 'platform', 'network', 'agent'] }),
  diagnostics: required({ type: 'array', items: MAP }),
};

/**
 * The chart of an intent that was read already, such as one from a YAML document: with findings at the document's own
 * lines and columns. In programs, {@link ClusterIntent} is the one to use.
 */
export class IntentChart extends Chart {
  /** The cluster's name, and its folder's. */
  readonly clusterName: string;
  /** What was found wrong or worth knowing in the intent itself, before anything was rendered. */
  readonly diagnostics: readonly Diagnostic[];

  private readonly model: ClusterModel | undefined;
  private readonly plan: Plan | undefined;
  private readonly rendered: readonly KubeObject[];
  private verified: { readonly objects: string; readonly findings: readonly Diagnostic[] } | undefined;

  constructor(scope: Construct, id: string, intent: ReadIntent) {
    super(scope, id, { disableResourceNameHashes: true });
    const { sound, findings } = checkProps(intent, SHAPE);
    this.clusterName = sound.name ?? id;
    this.model = sound.model;
    const unsound = findings.some(({ path }) => path?.[1] === 'diagnostics');
    this.diagnostics = unsound ? [] : (sound.diagnostics ?? []);
    if (this.model && !hasErrors(this.diagnostics)) {
      this.plan = planCluster(this.model);
      this.render(this.plan);
    }
    this.rendered = this.objects();
    const rendered = JSON.stringify(this.rendered);
    setCluster(this, {
      name: this.clusterName,
      ...(this.model && { document: this.model.document }),
      isChanged: () => JSON.stringify(this.objects()) !== rendered,
    });
    reportFindings(this, () => [...unlessSaid(this.diagnostics, findings), ...this.diagnostics]);
    watchFindings(this, () => this.verify());
  }

  private render(plan: Plan): void {
    const common = { labels: plan.labels, annotations: plan.annotations };
    if (plan.agent) this.renderAgent(plan.agent, common);
    for (const { reason, ...policy } of plan.noSnat) {
      const annotations = { ...(reason !== undefined && { [REASON]: reason }), ...common.annotations };
      new EgressNATPolicyV1(this, `EgressNATPolicy-${policy.name}`, { ...common, ...policy, annotations });
    }
    if (plan.gateway) renderGateway(this, plan.gateway, common);
  }

  private renderAgent(
    { namespace, file, internetRoute, daemonSet }: NonNullable<Plan['agent']>,
    common: CommonProps,
  ): void {
    const gke = this.model?.platform === 'gke-standard';
    const { agent, network } = this.model!;
    new IpMasqAgent(this, 'IpMasqAgent', {
      ...common,
      namespace,
      gke,
      config: { ...file, ...(internetRoute && { internetRoute }) },
      daemonSet: daemonSet !== undefined,
      dataplaneV2: network.dataplane === 'v2',
      enableIPv6: network.ipv6,
      ...(daemonSet && {
        flavor: daemonSet.flavor,
        image: daemonSet.image,
        masqChain: agent.chain,
        randomFully: agent.randomFully,
        ...(agent.toPorts !== undefined && { toPorts: agent.toPorts.split(',') }),
        ...(daemonSet.flavor === 'masq' && { backend: agent.backend, logFormat: agent.logFormat }),
        ...(daemonSet.podCIDRs.length > 0 && { podCIDRs: daemonSet.podCIDRs }),
        ...(daemonSet.metrics && { metrics: daemonSet.metrics }),
        nodeSelector: daemonSet.nodeSelector,
        serviceAccount: daemonSet.serviceAccount,
        ...(daemonSet.priorityClassName !== undefined && { priorityClassName: daemonSet.priorityClassName }),
        ...(daemonSet.resources && { resources: daemonSet.resources }),
      }),
    });
  }

  /** Reads the chart's objects back; done again only when they have changed since. */
  private verify(): readonly Diagnostic[] {
    if (!this.model || !this.plan) return [];
    const objects = this.objects();
    const text = JSON.stringify(objects);
    if (this.verified?.objects !== text) {
      this.verified = { objects: text, findings: verifyManifests(this.model, objects, this.plan, this.rendered) };
    }
    return this.verified.findings;
  }

  /** The objects below the chart, as they would be rendered now. */
  private objects(): KubeObject[] {
    return this.node
      .findAll()
      .filter(node => ApiObject.isApiObject(node))
      .map(object => object.toJson() as KubeObject);
  }
}

/**
 * A whole cluster's intent as a chart: what should happen to its pods' source addresses, rendered for its platform.
 *
 * Everything is checked before anything is emitted, and what is about to be emitted is read back and compared with the
 * intent over the whole address space. Errors stop the synth, all at once.
 */
export class ClusterIntent extends IntentChart {
  constructor(scope: Construct, id: string, props: ClusterIntentProps) {
    super(scope, id, readProps(id, props));
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function readProps(id: string, props: ClusterIntentProps): ReadIntent {
  const { clusterName, labels, annotations, ...spec }: Partial<ClusterIntentProps> = isObject(props) ? props : {};
  const name = clusterName ?? id;
  const metadata = { name, ...(labels !== undefined && { labels }), ...(annotations !== undefined && { annotations }) };
  const document = propsDocument({ apiVersion: API_VERSION, kind: 'ClusterIntent', metadata, spec });
  const { clusters, diagnostics } = loadIntent(document);
  const found = [...brokenTexts(document), ...diagnostics];
  return { name: name as string, model: clusters[0], diagnostics: found.map(finding => inProps(finding, id)) };
}

/** What stands where in the document that props are made into, as the program says it. */
const PROPS: Readonly<Record<string, readonly string[]>> = {
  spec: ['props'],
  'metadata.name': ['props', 'clusterName'],
  'metadata.labels': ['props', 'labels'],
  'metadata.annotations': ['props', 'annotations'],
};

/** A finding in the document that props were made into, in the words of the program that gave the props. */
function inProps(finding: Diagnostic, id: string): Diagnostic {
  const { path = [], message, hint } = finding;
  const ofId = `the construct's id "${id}" is not allowed as the cluster's name; write props.clusterName, `;
  const begin = Object.keys(PROPS).find(key => path.join('.').startsWith(key));
  return {
    ...finding,
    message: wordsOfProps(message.replace(`metadata.name "${id}" is not allowed; write `, () => ofId)),
    ...(hint !== undefined && { hint: wordsOfProps(hint) }),
    ...(begin !== undefined && { path: [...PROPS[begin]!, ...path.slice(begin.split('.').length)] }),
  };
}

/** What stands in quotes is the program's own and stays as it is. */
function wordsOfProps(text: string): string {
  return text.replace(/"[^"]*"|\bspec\b|\bmetadata\.(?:name|labels|annotations)\b/g, found =>
    Object.hasOwn(PROPS, found) ? PROPS[found]!.join('.') : found,
  );
}

function renderGateway(scope: Construct, gateway: GatewayPlan, common: CommonProps): void {
  if (gateway.crds) {
    new CustomResourceDefinitions(scope, 'Definitions', {
      ...common,
      names: ['EgressNATPolicyV1Alpha1', 'NetworkGatewayGroup'],
    });
  }
  const Gateway = gateway.kind === 'AnthosNetworkGateway' ? AnthosNetworkGateway : NetworkGatewayGroup;
  new Gateway(scope, 'Gateway', { ...common, namespace: gateway.namespace, floatingIPs: gateway.floatingIPs });
  for (const policy of gateway.policies) {
    new EgressNATPolicyV1Alpha1(scope, `EgressNATPolicy-${policy.name}`, {
      labels: common.labels,
      annotations: { ...common.annotations, ...(policy.reason !== undefined && { [REASON]: policy.reason }) },
      name: policy.name,
      egress: policy.egress.map(rule => ({
        namespaceSelector: labelSelector(rule.namespaces),
        podSelector: labelSelector(rule.pods),
      })),
      destinationCIDRs: policy.destinationCIDRs,
      egressSourceIP: policy.egressSourceIP,
    });
  }
  if (gateway.clusterPatch) new AnthosClusterPatch(scope, 'ClusterPatch', { ...common, ...gateway.clusterPatch });
}
