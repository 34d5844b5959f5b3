import { ApiObject, Chart } from 'cdk8s';
import { writeYaml } from '../core/yaml';

/** The first line of every file that masq renders; by it masq knows its own files again. */
export const HEADER = '# Rendered by masq: change the intent and render again, do not edit.';

/** Whether a file's text was rendered by masq, for whatever data plane. */
export function isRendered(text: string): boolean {
  return RENDERED.test(text);
}

const RENDERED = /^# Rendered by masq(?: for [a-z]+)?: change the intent and render again, do not edit\./;

/** Whether a file's text was rendered by masq as manifests of an agent or a gateway of its own. */
export function isOrdinary(text: string): boolean {
  return text.startsWith(HEADER);
}

/** Kinds in the order in which they have to be applied; a file's name begins with its kind's number. */
const ORDER: Readonly<Record<string, string>> = {
  CustomResourceDefinition: '00',
  Namespace: '05',
  ServiceAccount: '10',
  ConfigMap: '20',
  DaemonSet: '30',
  AnthosNetworkGateway: '40',
  NetworkGatewayGroup: '40',
  EgressNATPolicy: '50',
  AppProject: '10',
  Application: '20',
  ApplicationSet: '20',
  GitRepository: '10',
  OCIRepository: '10',
  Kustomization: '20',
};

/** A chart's objects as files: one object a file below a first line, names in the order in which they are to be applied. */
export function renderChart(chart: Chart, header = HEADER): Map<string, string> {
  const objects = chart.node
    .findAll()
    .filter((node): node is ApiObject => node instanceof ApiObject && Chart.of(node) === chart)
    .map(object => object.toJson() as RenderedObject);
  const files = new Map<string, string>();
  for (const object of objects) {
    const name = uniqueName(fileName(object), object, files);
    files.set(name, `${header}\n${writeYaml(object)}`);
  }
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

interface RenderedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** `30-daemonset-ip-masq-agent.yaml`; parts of objects that exist already, as patches, in a folder of their own. */
function fileName({ apiVersion, kind, metadata }: RenderedObject): string {
  const name = `${kind}-${metadata.name}`.toLowerCase().replace(/[^a-z0-9.-]/g, '-');
  if (kind === 'Cluster' && apiVersion.startsWith('baremetal.cluster.gke.io/')) return `patches/${name}.yaml`;
  return `${ORDER[kind] ?? '60'}-${name}.yaml`;
}

/** Two objects of one kind and name differ in their namespace, or are a mistake that validation has reported. */
function uniqueName(name: string, object: RenderedObject, files: ReadonlyMap<string, string>): string {
  if (!files.has(name)) return name;
  const { namespace } = object.metadata;
  const longer = namespace === undefined ? name : name.replace(/\.yaml$/, `.${namespace}.yaml`);
  if (files.has(longer))
    throw new Error(
      `two objects would be written to ${longer}: ${object.kind} "${object.metadata.name}" is defined twice`,
    );
  return longer;
}
