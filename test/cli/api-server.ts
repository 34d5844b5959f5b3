import { createServer } from 'node:http';

/**
 * A small part of a Kubernetes API server, for kubectl: it serves what is written to its standard input as a JSON list of
 * objects, and says its port.
 */

interface Item {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: object };
  readonly status?: { readonly podIP?: string };
}

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** What is served beside definitions of others, by group and version. */
const SERVED: Readonly<Record<string, readonly Resource[]>> = {
  v1: [
    { name: 'pods', kind: 'Pod', namespaced: true },
    { name: 'configmaps', kind: 'ConfigMap', namespaced: true },
    { name: 'namespaces', kind: 'Namespace', namespaced: false },
  ],
  'apps/v1': [{ name: 'daemonsets', kind: 'DaemonSet', namespaced: true }],
};

const POLICIES: Readonly<Record<string, readonly Resource[]>> = {
  'networking.gke.io/v1alpha1': [
    { name: 'egressnatpolicies', kind: 'EgressNATPolicy', namespaced: true },
    { name: 'networkgatewaygroups', kind: 'NetworkGatewayGroup', namespaced: true },
  ],
};

/** The kinds of other data planes, each group served where it has objects. */
const PLANES: Readonly<Record<string, readonly Resource[]>> = {
  'crd.projectcalico.org/v1': [
    { name: 'ippools', kind: 'IPPool', namespaced: false },
    { name: 'felixconfigurations', kind: 'FelixConfiguration', namespaced: false },
  ],
  'projectcalico.org/v3': [
    { name: 'ippools', kind: 'IPPool', namespaced: false },
    { name: 'felixconfigurations', kind: 'FelixConfiguration', namespaced: false },
  ],
  'cilium.io/v2': [{ name: 'ciliumegressgatewaypolicies', kind: 'CiliumEgressGatewayPolicy', namespaced: false }],
  'crd.antrea.io/v1beta1': [{ name: 'egresses', kind: 'Egress', namespaced: false }],
};

function respond(items: readonly Item[], url: URL): object | undefined {
  const has = items.some(({ apiVersion }) => apiVersion in POLICIES);
  const planes = Object.entries(PLANES).filter(([version]) => items.some(({ apiVersion }) => apiVersion === version));
  const served = { ...SERVED, ...(has && POLICIES), ...Object.fromEntries(planes) };
  const parts = url.pathname.split('/').filter(part => part !== '');
  if (url.pathname === '/api') return { kind: 'APIVersions', versions: ['v1'] };
  if (url.pathname === '/apis') {
    const groups = Object.keys(served).filter(name => name.includes('/'));
    return {
      kind: 'APIGroupList',
      groups: groups.map(groupVersion => {
        const [name, version] = groupVersion.split('/');
        const only = { groupVersion, version };
        return { name, versions: [only], preferredVersion: only };
      }),
    };
  }
  const version = parts[0] === 'api' ? parts[1]! : parts.slice(1, 3).join('/');
  const resources = served[version];
  if (!resources) return undefined;
  const [first, ...rest] = parts.slice(version === 'v1' ? 2 : 3);
  if (first === undefined) {
    const all = resources.map(one => ({ ...one, singularName: '', verbs: ['get', 'list'] }));
    return { kind: 'APIResourceList', groupVersion: version, resources: all };
  }
  const [namespace, name, own] =
    first === 'namespaces' && rest.length > 1 ? [rest[0], rest[1], rest[2]] : [undefined, first, rest[0]];
  const kind = resources.find(one => one.name === name)?.kind;
  const address = /status\.podIP=([^,]*)/.exec(url.searchParams.get('fieldSelector') ?? '')?.[1];
  const found = items.filter(
    item =>
      item.apiVersion === version &&
      item.kind === kind &&
      (namespace === undefined || item.metadata.namespace === namespace) &&
      (address === undefined || item.status?.podIP === address),
  );
  if (own !== undefined) return found.find(item => item.metadata.name === own);
  return { kind: `${kind}List`, apiVersion: version, metadata: { resourceVersion: '1' }, items: found };
}

let text = '';
process.stdin.on('data', chunk => {
  text += chunk;
});
process.stdin.on('end', () => {
  const items = JSON.parse(text) as Item[];
  const server = createServer((request, response) => {
    const body = respond(items, new URL(request.url!, 'http://server'));
    const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', code: 404 };
    response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body ?? status));
  });
  server.listen(0, '127.0.0.1', () => {
    const at = server.address();
    process.stdout.write(`${typeof at === 'object' && at ? at.port : ''}\n`);
  });
});
