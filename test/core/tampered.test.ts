import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../core/artefact/kube-object';
import { planCluster } from '../../core/artefact/plan';
import { verifyManifests } from '../../core/artefact/verify';
import { loadIntents } from '../../core/intent/load';
import type { ClusterModel } from '../../core/intent/model';
import { pathText, valueAt } from '../../core/schema/path';
import { parseSource } from '../../core/source';
import { changed, renderedObjects } from './rendered';

const EXAMPLES = join(__dirname, '..', '..', 'examples');

type Path = readonly (string | number)[];
type Node = Record<string | number, unknown>;

const text = (name: string): string => readFileSync(join(EXAMPLES, name), 'utf8');

/** The clusters of every example in YAML. */
const models: readonly ClusterModel[] = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.yaml'))
  .sort()
  .flatMap(name => loadIntents(parseSource(name, text(name)).documents).clusters);

/** What may change in a rendered object without changing what the cluster does to packets: nothing else may. */
const FREE: readonly RegExp[] = [
  /^(?!Cluster )\w+ metadata\.annotations(?:: an empty one|: a further text|\[.*\]: (?:nothing|an empty text|a longer text))$/,
  /^\w+ metadata\.labels(?:: nothing|: an empty one|: a further text|.+: (?:nothing|an empty text|a longer text))$/,
  /^(?!Cluster )\w+ metadata\.annotations: nothing$/,
  /^DaemonSet spec\.template\.metadata\.labels: a further text$/,
  /^DaemonSet spec\.template\.spec\.tolerations\[2\]: nothing$/,
  /^DaemonSet spec\.template\.spec\.serviceAccountName: nothing$/,
  /^ConfigMap data: a further text$/,
  // Kubernetes takes them twice, and without their parts.
  /^DaemonSet spec\.template\.spec\.tolerations(?:\[\d\]\.(?:effect|key|operator): nothing|\[\d\]\.key: a longer text|: an item twice)$/,
  /^DaemonSet spec\.template\.spec\.priorityClassName: (?:nothing|a longer text)$/,
  /^DaemonSet spec\.template\.spec\.automountServiceAccountToken: (?:nothing|the opposite)$/,
  /^DaemonSet spec\.template\.spec\.containers\[\d\]\.resources.*: (?:nothing|an empty one)$/,
  /^DaemonSet spec\.template\.spec\.containers\[\d\]\.resources\.requests\.\w+: a number$/,
  /^DaemonSet spec\.template\.spec\.(?:containers|volumes|containers\[\d\]\.volumeMounts): one more of its own$/,
  // What masq-agent's pods have beside that.
  /^DaemonSet spec\.(?:minReadySeconds|updateStrategy.*): (?:nothing|an empty one)$/,
  /^DaemonSet spec\.template\.spec\.(?:dnsPolicy|terminationGracePeriodSeconds): nothing$/,
  /^DaemonSet spec\.template\.spec\.enableServiceLinks: (?:nothing|the opposite)$/,
  /^DaemonSet spec\.template\.spec\.containers\[\d\]\.(?:live|readi)ness\w*\.(?:\w+Seconds|failureThreshold): nothing$/,
  /^DaemonSet spec\.template\.spec\.containers\[\d\]\.securityContext\.readOnlyRootFilesystem: (?:nothing|the opposite)$/,
  /^DaemonSet spec\.template\.spec\.containers\[\d\]\.volumeMounts\[\d\]\.readOnly: (?:nothing|the opposite)$/,
  /^DaemonSet spec\.template\.spec\.containers\[1\]\.env: (?:an item twice|one more of its own)$/,
  /^ServiceAccount automountServiceAccountToken: (?:nothing|the opposite)$/,
];

/** Every place in some data, the whole left out. */
function placesOf(data: unknown, path: Path = []): Path[] {
  const here = path.length > 0 ? [path] : [];
  if (typeof data !== 'object' || data === null) return here;
  const steps = Array.isArray(data) ? data.map((_, i) => i) : Object.keys(data);
  return [...here, ...steps.flatMap(step => placesOf((data as Node)[step], [...path, step]))];
}

type Other = readonly [name: string, value: unknown];
const A_TEXT: Other = ['a text', 'x'];

/** Other values for one, in words: it changed, and where it holds others one more among them. */
function othersFor(value: unknown): Other[] {
  if (typeof value === 'string') {
    return [
      ['a longer text', `${value}x`],
      ['an empty text', ''],
      ['a number', 7],
    ];
  }
  if (typeof value === 'boolean') return [['the opposite', !value], A_TEXT];
  if (Array.isArray(value)) return [['an empty one', []], A_TEXT, ...longerThan(value)];
  const further = ([name, one]: Other): Other => [`a further ${name}`, { ...(value as Node), further: one }];
  const more: Other[] = [
    ['text', 'x'],
    ['truth', true],
    ['map', {}],
    ['list', ['x']],
  ];
  return [['an empty one', {}], A_TEXT, ...more.map(further)];
}

function longerThan(list: readonly unknown[]): Other[] {
  const [first] = list;
  const twice: Other = ['an item twice', [...list, first]];
  if (typeof first !== 'object') return [twice, ['one more text', [...list, 'X']]];
  const own = { ...(first as Node), name: 'own', mountPath: '/own' };
  const { mountPath: _, volumeMounts: __, args: ___, ...named } = own as Node;
  const image = 'registry.example/sidecar:1';
  const item = Object.hasOwn(Object(first), 'image')
    ? { ...named, image }
    : Object.hasOwn(Object(first), 'mountPath')
      ? { ...own, name: (first as Node).name }
      : named;
  return [twice, ['one more of its own', [...list, item]], ['one more text', [...list, 'x']]];
}

/** Every way to spoil one of some objects at one place, in words. */
function tampered(
  objects: readonly KubeObject[],
  places: (object: KubeObject) => readonly Path[] = placesOf,
): [what: string, objects: KubeObject[]][] {
  return objects.flatMap((object, i): [string, KubeObject[]][] => {
    const others = objects.filter((_, j) => j !== i);
    const change = (path: Path, name: string, act: (parent: Node, step: string | number) => void) => {
      const spoilt = changed(object, copy => act(valueAt(copy, path.slice(0, -1)) as Node, path.at(-1)!));
      return [`${object.kind} ${pathText(path)}: ${name}`, [...others, spoilt]] satisfies [string, KubeObject[]];
    };
    return [
      [`${object.kind}: not there`, others],
      [`${object.kind}: twice`, [...objects, object]],
      [`${object.kind}: a further key`, [...others, { ...object, further: true }]],
      ...places(object).flatMap(path => [
        change(path, 'nothing', (parent, step) => {
          if (Array.isArray(parent)) parent.splice(Number(step), 1);
          else delete parent[step];
        }),
        ...othersFor(valueAt(object, path)).map(([name, value]) =>
          change(path, name, (parent, step) => {
            parent[step] = value;
          }),
        ),
      ]),
    ];
  });
}

/** What a cluster's objects are refused for, when they are others than those that were rendered. */
function refusals(model: ClusterModel, objects: readonly KubeObject[]): string[] {
  return verifyManifests(model, objects, planCluster(model), renderedObjects(model)).map(d => d.message);
}

describe('rendered objects', () => {
  it.each(models.map(model => [model.name, model] as const))('of %s mean what was asked for', (_, model) => {
    expect(verifyManifests(model, renderedObjects(model))).toEqual([]);
  });

  it.each(models.map(model => [model.name, model] as const))(
    'of %s are refused when spoilt at any place',
    (_, model) => {
      const rendered = renderedObjects(model);
      const [definitions, objects] = [true, false].map(wanted =>
        rendered.filter(o => (o.kind === 'CustomResourceDefinition') === wanted),
      );
      // What a definition says of its schema is all alike, and much.
      const shallow = (object: KubeObject) => placesOf(object).filter(path => path.length < 5);
      const passed = [
        ...tampered(objects!).map(([what, spoilt]) => [what, [...definitions!, ...spoilt]] as const),
        ...tampered(definitions!, shallow).map(([what, spoilt]) => [what, [...objects!, ...spoilt]] as const),
      ]
        .filter(([what]) => !FREE.some(free => free.test(what)))
        .filter(([, spoilt]) => verifyManifests(model, spoilt, planCluster(model), rendered).length === 0);
      expect(passed.map(([what]) => what)).toEqual([]);
    },
  );

  it.each<[string, string, (objects: Objects) => void, string]>([
    [
      'the ConfigMap under another name',
      'google-config-map',
      ({ ConfigMap }) => set(ConfigMap, 'metadata.name', 'masq-list'),
      'the rendered DaemonSet "ip-masq-agent" is refused: the DaemonSet reads ConfigMap "ip-masq-agent", but the one beside it is called "masq-list"; the agent would use its built-in list',
    ],
    [
      'the ConfigMap under another name where GKE runs the agent',
      'gke-managed-agent',
      ({ ConfigMap }) => set(ConfigMap, 'metadata.name', 'masq-list'),
      'ConfigMap "ip-masq-agent" is not rendered in namespace "kube-system"',
    ],
    [
      'the ConfigMap in another namespace',
      'google-config-map',
      ({ ConfigMap }) => set(ConfigMap, 'metadata.namespace', 'default'),
      'the rendered ConfigMap "ip-masq-agent" is refused: the DaemonSet is in namespace "kube-system" and reads a ConfigMap of that namespace, but "ip-masq-agent" is in "default"',
    ],
    [
      'another key',
      'google-config-map',
      ({ DaemonSet }) => set(DaemonSet, `${POD}.volumes.0.configMap.items.0.key`, 'file'),
      'the rendered ConfigMap "ip-masq-agent" is refused: the DaemonSet takes the file from key "file", which ConfigMap "ip-masq-agent" lacks; it has config',
    ],
    [
      'another folder',
      'google-config-map',
      ({ DaemonSet }) => set(DaemonSet, `${AGENT}.volumeMounts.0.mountPath`, '/etc/masq'),
      'the rendered DaemonSet "ip-masq-agent" is refused: nothing is mounted at /etc/config, where the agent looks for its file: it would use its built-in list',
    ],
    [
      'a volume of another kind',
      'google-config-map',
      ({ DaemonSet }) => set(DaemonSet, `${POD}.volumes.0`, { name: 'config-volume', emptyDir: {} }),
      'the rendered DaemonSet "ip-masq-agent" is refused: the volume at /etc/config is an empty folder, where the agent finds no file and uses its built-in list; write "configMap:" with the name of its ConfigMap',
    ],
    [
      'another chain',
      'upstream-user-guide',
      ({ DaemonSet }) => set(DaemonSet, `${AGENT}.args`, ['--masq-chain=FOO']),
      'DaemonSet "ip-masq-agent" has chain "FOO" where the intent has "IP-MASQ-AGENT"; change spec.agent.chain, not the object',
    ],
    [
      'the flags of GKE left out',
      'google-config-map',
      ({ DaemonSet }) => set(DaemonSet, `${AGENT}.args`, []),
      'the rendered DaemonSet "ip-masq-agent" is refused: chain "IP-MASQ-AGENT" does not replace GKE\'s own rules; write --masq-chain=IP-MASQ',
    ],
    [
      'flags in the command',
      'upstream-user-guide',
      ({ DaemonSet }) =>
        set(DaemonSet, `${AGENT}.command`, ['/ip-masq-agent', '--nomasq-all-reserved-ranges', '--random-fully=0']),
      'DaemonSet "ip-masq-agent" has randomFully false where the intent has true; change spec.agent.randomFully, not the object',
    ],
    [
      'a shell in between',
      'upstream-user-guide',
      ({ DaemonSet }) => set(DaemonSet, `${AGENT}.command`, ['sh', '-c', '/ip-masq-agent']),
      'DaemonSet "ip-masq-agent" has ["sh","-c","/ip-masq-agent"] at spec.template.spec.containers[0].command where nothing is planned; masq cannot vouch for the object with it, and the intent has no field for it; undo it, or patch outside of masq',
    ],
    [
      'a shell that does more',
      'upstream-user-guide',
      ({ DaemonSet }) => set(DaemonSet, `${AGENT}.command`, ['sh', '-c', 'sleep 9; /ip-masq-agent']),
      'what DaemonSet "ip-masq-agent" starts is not the agent itself',
    ],
    [
      'impossible ports',
      'upstream-user-guide',
      ({ DaemonSet }) => set(DaemonSet, `${AGENT}.args`, ['--to-ports=70000']),
      'the rendered DaemonSet "ip-masq-agent" is refused: port range "70000" is outside of 1 to 65535; write "1024-29999"',
    ],
    [
      'nodes that the intent does not name',
      'upstream-user-guide',
      ({ DaemonSet }) => set(DaemonSet, `${POD}.nodeSelector`, { edge: 'true' }),
      'DaemonSet "ip-masq-agent" has nodeSelector {"edge":"true"} where the intent has {"node.kubernetes.io/masq-agent-ds-ready":"true"}; change spec.agent.nodeSelector, not the object',
    ],
    [
      'no host network',
      'upstream-user-guide',
      ({ DaemonSet }) => set(DaemonSet, `${POD}.hostNetwork`, false),
      'the rendered DaemonSet "ip-masq-agent" is refused: the agent would write rules into its own pod\'s network, not the node\'s; write hostNetwork: true',
    ],
    [
      'another action',
      'autopilot-custom-policy',
      ({ EgressNATPolicy }) => set(EgressNATPolicy, 'spec.action', 'SNAT'),
      'the rendered EgressNATPolicy "default" is refused: spec.action cannot be "SNAT"; write "NoSNAT"',
    ],
    [
      'a selector that no pod meets',
      'google-config-map',
      ({ DaemonSet }) => set(DaemonSet, 'spec.selector.matchExpressions', [{ key: 'zzz', operator: 'Exists' }]),
      'the rendered DaemonSet "ip-masq-agent" is refused: the selector wants "zzz Exists", which no pod meets: the pod template has the labels {k8s-app: ip-masq-agent}',
    ],
    [
      'pods that are not root',
      'google-config-map',
      ({ DaemonSet }) => set(DaemonSet, `${POD}.securityContext`, { runAsNonRoot: true }),
      'the rendered DaemonSet "ip-masq-agent" is refused: the agent has to run as root, and its pods would not start; write runAsNonRoot: false',
    ],
    [
      'a second source of the volume',
      'google-config-map',
      ({ DaemonSet }) => set(DaemonSet, `${POD}.volumes.0.emptyDir`, {}),
      'the rendered DaemonSet "ip-masq-agent" is refused: a volume has one source, and this one has configMap and emptyDir; keep one',
    ],
    [
      'a second volume of the name',
      'google-config-map',
      ({ DaemonSet }) => set(DaemonSet, `${POD}.volumes.1`, { name: 'config-volume', emptyDir: {} }),
      'the rendered DaemonSet "ip-masq-agent" is refused: the name "config-volume" stands twice; rename one',
    ],
    [
      'a volume mounted over the file',
      'google-config-map',
      ({ DaemonSet }) =>
        set(DaemonSet, `${AGENT}.volumeMounts.1`, { name: 'config-volume', mountPath: '/etc/config/' }),
      'the rendered DaemonSet "ip-masq-agent" is refused: two volumes are mounted at /etc/config; keep one',
    ],
    [
      'a part of the volume',
      'google-config-map',
      ({ DaemonSet }) => set(DaemonSet, `${AGENT}.volumeMounts.0.subPathExpr`, '$(A)'),
      'DaemonSet "ip-masq-agent" has "$(A)" at spec.template.spec.containers[0].volumeMounts[0].subPathExpr where nothing is planned; masq cannot vouch for the object with it, and the intent has no field for it; undo it, or patch outside of masq',
    ],
    [
      'one node',
      'google-config-map',
      ({ DaemonSet }) => set(DaemonSet, `${POD}.nodeName`, 'n1'),
      'DaemonSet "ip-masq-agent" has "n1" at spec.template.spec.nodeName where nothing is planned; masq cannot vouch for the object with it, and the intent has no field for it; undo it, or patch outside of masq',
    ],
    [
      'an affinity',
      'google-config-map',
      ({ DaemonSet }) => set(DaemonSet, `${POD}.affinity`, { podAffinity: {} }),
      'DaemonSet "ip-masq-agent" has {} at spec.template.spec.affinity.podAffinity where nothing is planned; masq cannot vouch for the object with it, and the intent has no field for it; undo it, or patch outside of masq',
    ],
    [
      'a second agent in the pod',
      'google-config-map',
      ({ DaemonSet }) => set(DaemonSet, `${POD}.containers.1`, { name: 'x', image: 'y', args: ['--masq-chain=FOO'] }),
      'DaemonSet "ip-masq-agent" has {"name":"x","image":"y","args":["--masq-chain=FOO"]} at spec.template.spec.containers[1] where nothing is planned; masq cannot vouch for the object with it, and the intent has no field for it; undo it, or patch outside of masq',
    ],
    [
      'two containers of one name',
      'google-config-map',
      ({ DaemonSet }) => set(DaemonSet, `${POD}.containers.1`, { name: 'ip-masq-agent', image: 'y' }),
      'the rendered DaemonSet "ip-masq-agent" is refused: the name "ip-masq-agent" stands twice; rename one',
    ],
    [
      'a name that is none',
      'google-config-map',
      ({ DaemonSet }) => set(DaemonSet, `${AGENT}.name`, 'IP_MASQ_agent'),
      'the rendered DaemonSet "ip-masq-agent" is refused: "IP_MASQ_agent" is no name that Kubernetes takes here; write lower-case letters, digits and dashes, at most 63',
    ],
    [
      'users of its own',
      'google-config-map',
      ({ DaemonSet }) => set(DaemonSet, `${POD}.hostUsers`, false),
      'the rendered DaemonSet "ip-masq-agent" is refused: pods in the host network cannot have users of their own; remove hostUsers: false',
    ],
    [
      'pods that are not restarted',
      'google-config-map',
      ({ DaemonSet }) => set(DaemonSet, `${POD}.restartPolicy`, 'Never'),
      'the rendered DaemonSet "ip-masq-agent" is refused: the pods of a DaemonSet are always restarted; write restartPolicy: Always instead of "Never", or remove it',
    ],
    [
      'pods with an end',
      'google-config-map',
      ({ DaemonSet }) => set(DaemonSet, `${POD}.activeDeadlineSeconds`, 5),
      'the rendered DaemonSet "ip-masq-agent" is refused: the pods of a DaemonSet have no deadline; remove activeDeadlineSeconds: 5',
    ],
    [
      'an amount that is none',
      'google-config-map',
      ({ DaemonSet }) => set(DaemonSet, `${AGENT}.resources`, { requests: { cpu: 'lots' } }),
      'the rendered DaemonSet "ip-masq-agent" is refused: "lots" is no quantity; write one such as 100m or 16Mi',
    ],
    [
      'a request above the limit',
      'google-config-map',
      ({ DaemonSet }) => set(DaemonSet, `${AGENT}.resources`, { requests: { cpu: '2' }, limits: { cpu: '1' } }),
      'the rendered DaemonSet "ip-masq-agent" is refused: the cpu request "2" is above the limit "1", and Kubernetes refuses that; lower it, or raise the limit',
    ],
    [
      'a policy of pulling that is none',
      'google-config-map',
      ({ DaemonSet }) => set(DaemonSet, `${AGENT}.imagePullPolicy`, 'Sometimes'),
      'the rendered DaemonSet "ip-masq-agent" is refused: imagePullPolicy cannot be "Sometimes"; write Always, IfNotPresent or Never',
    ],
    [
      'a hook',
      'google-config-map',
      ({ DaemonSet }) => set(DaemonSet, `${AGENT}.lifecycle`, { postStart: { exec: { command: ['iptables', '-F'] } } }),
      'DaemonSet "ip-masq-agent" has ["iptables","-F"] at spec.template.spec.containers[0].lifecycle.postStart.exec.command where nothing is planned; masq cannot vouch for the object with it, and the intent has no field for it; undo it, or patch outside of masq',
    ],
    [
      'a file that cannot change',
      'google-config-map',
      ({ ConfigMap }) => set(ConfigMap, 'immutable', true),
      'ConfigMap "ip-masq-agent" has true at immutable where nothing is planned; masq cannot vouch for the object with it, and the intent has no field for it; undo it, or patch outside of masq',
    ],
    [
      'another interval',
      'google-config-map',
      ({ ConfigMap }) =>
        set(ConfigMap, 'data.config', String(valueAt(ConfigMap, ['data', 'config'])).replace('60s', '1h')),
      'ConfigMap "ip-masq-agent" has "resyncInterval: 1h\\n" at data.config where "resyncInterval: 60s\\n" is planned; change the intent, not the object',
    ],
    [
      'a definition that is not served',
      'kubernetes-egress-gateway',
      ({ CustomResourceDefinition }) => set(CustomResourceDefinition, 'spec.versions.0.served', false),
      'CustomResourceDefinition "networkgatewaygroups.networking.gke.io" has false at spec.versions[0].served where true is planned; masq cannot vouch for the object with it, and the intent has no field for it; undo it, or patch outside of masq',
    ],
    [
      'another scope',
      'kubernetes-egress-gateway',
      ({ CustomResourceDefinition }) => set(CustomResourceDefinition, 'spec.scope', 'Cluster'),
      'CustomResourceDefinition "networkgatewaygroups.networking.gke.io" has "Cluster" at spec.scope where "Namespaced" is planned; masq cannot vouch for the object with it, and the intent has no field for it; undo it, or patch outside of masq',
    ],
    [
      'another kind',
      'kubernetes-egress-gateway',
      ({ CustomResourceDefinition }) => set(CustomResourceDefinition, 'spec.names.kind', 'X'),
      'CustomResourceDefinition "networkgatewaygroups.networking.gke.io" has "X" at spec.names.kind where "NetworkGatewayGroup" is planned; masq cannot vouch for the object with it, and the intent has no field for it; undo it, or patch outside of masq',
    ],
    [
      'a policy in a namespace',
      'kubernetes-egress-gateway',
      ({ EgressNATPolicy }) => set(EgressNATPolicy, 'metadata.namespace', 'x'),
      'EgressNATPolicy "crawler-to-partner" is not rendered as networking.gke.io/v1alpha1 without a namespace',
    ],
  ])('are refused with %s, in these words', (_, cluster, spoil, message) => {
    const model = models.find(m => m.name === cluster)!;
    const objects = structuredClone(renderedObjects(model));
    spoil(Object.fromEntries(objects.map(object => [object.kind, object])));
    expect(refusals(model, objects)).toEqual([message]);
  });
});

describe('patches that change nothing for packets', () => {
  const model = models.find(m => m.name === 'google-config-map')!;

  it.each<[string, unknown]>([
    ['metadata.labels.team', 'net'],
    ['metadata.annotations', { 'example.com/owner': 'net' }],
    ['spec.updateStrategy', { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '10%' } }],
    ['spec.minReadySeconds', 5],
    ['spec.template.metadata.annotations', { 'prometheus.io/scrape': 'false' }],
    ['spec.template.metadata.labels.team', 'net'],
    [`${POD}.priorityClassName`, 'system-node-critical'],
    [`${POD}.imagePullSecrets`, [{ name: 'registry' }]],
    [`${POD}.dnsPolicy`, 'ClusterFirstWithHostNet'],
    [`${POD}.terminationGracePeriodSeconds`, 5],
    [`${POD}.tolerations`, [{ operator: 'Exists' }]],
    [`${POD}.containers.1`, { name: 'metrics', image: 'registry.example/metrics:1' }],
    [`${POD}.volumes.1`, { name: 'lock', hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' } }],
    [`${AGENT}.resources`, { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '16Mi' } }],
    [`${AGENT}.imagePullPolicy`, 'Always'],
    [`${AGENT}.volumeMounts.1`, { name: 'config-volume', mountPath: '/var/log/masq', readOnly: true }],
    ['metadata.finalizers', ['example.com/keep']],
    ['metadata.ownerReferences', [{ apiVersion: 'v1', kind: 'Namespace', name: 'net', uid: '1' }]],
    [
      `${POD}.tolerations`,
      [
        { operator: 'Exists', effect: 'NoSchedule' },
        { operator: 'Exists', effect: 'NoExecute' },
      ],
    ],
    [`${POD}.enableServiceLinks`, false],
    [`${POD}.hostPID`, false],
    [`${POD}.topologySpreadConstraints`, []],
    [`${POD}.schedulerName`, 'default-scheduler'],
    [`${POD}.securityContext`, { fsGroup: 0, runAsUser: 0, seccompProfile: { type: 'RuntimeDefault' } }],
    [`${POD}.securityContext`, { seLinuxOptions: { type: 'spc_t' } }],
    [
      `${POD}.affinity`,
      { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: {} }] } },
    ],
    [`${POD}.initContainers`, [{ name: 'wait', image: 'registry.example/wait:1' }]],
    [`${AGENT}.args`, ['--masq-chain=IP-MASQ', '--random-fully=false', '--v=2', '--logtostderr=true']],
    [`${AGENT}.env`, [{ name: 'TZ', value: 'UTC' }]],
    [`${AGENT}.env`, [{ name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }]],
    [`${AGENT}.terminationMessagePolicy`, 'FallbackToLogsOnError'],
    [`${AGENT}.volumeMounts.0.readOnly`, true],
    [`${AGENT}.volumeMounts.1`, { name: 'config-volume', mountPath: '/lib/modules', readOnly: true }],
  ])('pass at %s', (way, value) => {
    const objects = structuredClone(renderedObjects(model));
    set(
      objects.find(o => o.kind === 'DaemonSet'),
      way,
      value,
    );
    expect(refusals(model, objects)).toEqual([]);
  });

  it.each<[string, string, unknown]>([
    ['ConfigMap', 'data.README', 'rendered by masq'],
    ['ConfigMap', 'data.config', 'same'],
    ['CustomResourceDefinition', 'spec.names.shortNames', ['ngg']],
  ])('pass in a %s at %s', (kind, way, value) => {
    const cluster = models.find(m => m.name === 'kubernetes-egress-gateway')!;
    const owner = kind === 'ConfigMap' ? model : cluster;
    const objects = structuredClone(renderedObjects(owner));
    const object = objects.find(o => o.kind === kind);
    const file = valueAt(object, ['data', 'config']);
    set(object, way, value === 'same' ? `# Ours\n${file}\n` : value);
    expect(refusals(owner, objects)).toEqual([]);
  });

  it('pass where the pods take the ServiceAccount that every namespace has', () => {
    const guide = models.find(m => m.name === 'upstream-user-guide')!;
    const objects = structuredClone(renderedObjects(guide));
    const daemonSet = objects.find(o => o.kind === 'DaemonSet');
    expect(valueAt(daemonSet, [...POD.split('.'), 'serviceAccountName'])).toBe('ip-masq-agent');
    set(daemonSet, `${POD}.serviceAccountName`, 'default');
    expect(refusals(guide, objects)).toEqual([]);
  });
});

describe('patches of masq-agent’s DaemonSet', () => {
  const OPTIONS = ['--enable-ipv6', '--log-format=json', '--pod-cidrs=10.244.0.0/16,fd00:10:244::/56'];
  const model = models.find(m => m.name === 'masq-agent')!;
  const patched = (way: string, value: unknown): KubeObject[] => {
    const objects = structuredClone(renderedObjects(model));
    set(
      objects.find(o => o.kind === 'DaemonSet'),
      way,
      value,
    );
    return objects;
  };

  it.each<[string, unknown]>([
    [`${AGENT}.livenessProbe.periodSeconds`, 60],
    [`${AGENT}.readinessProbe.failureThreshold`, 5],
    [`${AGENT}.securityContext.readOnlyRootFilesystem`, false],
    [`${AGENT}.args`, [...OPTIONS, '--v=4']],
    [`${AGENT}.resources.limits.memory`, '128Mi'],
    [`${POD}.containers.1.resources.limits.memory`, '64Mi'],
    [`${POD}.containers.2`, { name: 'more', image: 'registry.example/masq-agent:0.1.0', args: ['serve'] }],
    ['spec.updateStrategy', { type: 'OnDelete' }],
    ['spec.updateStrategy.rollingUpdate', { maxUnavailable: '10%', maxSurge: 0 }],
    [`${POD}.dnsPolicy`, 'ClusterFirst'],
  ])('pass at %s: %j', (way, value) => {
    expect(refusals(model, patched(way, value))).toEqual([]);
  });

  it.each<[string, unknown]>([
    [`${AGENT}.livenessProbe.exec.command`, ['/bin/true']],
    [`${AGENT}.livenessProbe.periodSeconds`, 0],
    [`${AGENT}.livenessProbe.successThreshold`, 2],
    [`${POD}.containers.1.livenessProbe`, { periodSeconds: 5 }],
    [`${AGENT}.securityContext.runAsUser`, 65532],
    [`${AGENT}.args`, [...OPTIONS, '--backend=nftables']],
    [`${AGENT}.args`, [...OPTIONS, '--dry-run']],
    [`${AGENT}.args`, [...OPTIONS, 'cleanup']],
    [`${AGENT}.args`, [...OPTIONS, '--config=/etc/other']],
    [`${AGENT}.env`, [{ name: 'XTABLES_LOCKFILE', value: '/tmp/lock' }]],
    [`${POD}.containers.1.env`, []],
    [`${POD}.containers.1.securityContext.runAsUser`, 0],
    [`${POD}.containers.2`, { name: 'more', image: 'registry.example/masq-agent:0.1.0' }],
    [`${POD}.volumes.1.hostPath.path`, '/var/lib/masq'],
    ['spec.updateStrategy.rollingUpdate', { maxUnavailable: 0, maxSurge: 1 }],
  ])('are refused at %s: %j', (way, value) => {
    expect(refusals(model, patched(way, value))).not.toEqual([]);
  });

  it('are told of the flag that the intent has a field for', () => {
    expect(refusals(model, patched(`${AGENT}.args`, [...OPTIONS, '--masq-chain', 'OWN']))).toEqual([
      'DaemonSet "ip-masq-agent" has chain "OWN" where the intent has "IP-MASQ-AGENT"; change spec.agent.chain, not the object',
    ]);
    expect(refusals(model, patched(`${AGENT}.args.2`, '--pod-cidrs=10.244.0.0/17,fd00:10:244::/56'))).toEqual([
      'DaemonSet "ip-masq-agent" has podCIDRs "10.244.0.0/17,fd00:10:244::/56" where the intent has "10.244.0.0/16,fd00:10:244::/56"; change spec.network.podCIDRs, not the object',
    ]);
    expect(refusals(model, patched(`${AGENT}.args`, OPTIONS.slice(0, 2)))).toEqual([
      'DaemonSet "ip-masq-agent" has podCIDRs "" where the intent has "10.244.0.0/16,fd00:10:244::/56"; change spec.network.podCIDRs, not the object',
    ]);
    expect(refusals(model, patched(`${POD}.containers.1.command.2`, '--listen=0.0.0.0:9797'))).toEqual([
      'DaemonSet "ip-masq-agent" has ["/usr/bin/masq-agent","serve","--listen=0.0.0.0:9797"] at spec.template.spec.containers[1].command where ["/usr/bin/masq-agent","serve","--listen=[$(HOST_IP)]:9797"] is planned; change the intent, not the object',
    ]);
  });
});

describe('patches that could stop the agent or change packets', () => {
  const model = models.find(m => m.name === 'google-config-map')!;

  it.each<[string, string, unknown]>([
    ['DaemonSet', `${POD}.tolerations`, []],
    ['DaemonSet', `${POD}.tolerations`, [{ operator: 'Exists', effect: 'NoSchedule' }]],
    ['DaemonSet', `${AGENT}.volumeMounts.1`, { name: 'config-volume', mountPath: '/usr/sbin' }],
    ['DaemonSet', `${AGENT}.volumeMounts.1`, { name: 'config-volume', mountPath: '/ip-masq-agent' }],
    ['DaemonSet', `${AGENT}.env`, [{ name: 'PATH', value: '/x' }]],
    ['DaemonSet', `${AGENT}.securityContext.runAsUser`, 1000],
    ['DaemonSet', `${POD}.containers.1`, { name: 'x', image: 'y', securityContext: { privileged: true } }],
    [
      'DaemonSet',
      `${POD}.initContainers`,
      [{ name: 'x', image: 'y', securityContext: { capabilities: { add: ['NET_ADMIN'] } } }],
    ],
    ['DaemonSet', `${POD}.containers.1`, { name: 'x', image: 'a b' }],
    ['DaemonSet', `${POD}.containers.1`, { name: 'x', image: 'y', env: null }],
    ['ConfigMap', 'metadata.annotations', { 'argocd.argoproj.io/hook': 'PreSync' }],
    ['ConfigMap', 'metadata.annotations', { 'argocd.argoproj.io/hook-delete-policy': 'HookSucceeded' }],
    ['ConfigMap', 'metadata.annotations', { 'config.kubernetes.io/local-config': 'true' }],
  ])('are refused in a %s at %s: %j', (kind, way, value) => {
    const objects = structuredClone(renderedObjects(model));
    set(
      objects.find(o => o.kind === kind),
      way,
      value,
    );
    expect(refusals(model, objects)).not.toEqual([]);
  });
});

type Objects = Readonly<Record<string, KubeObject>>;
const POD = 'spec.template.spec';
const AGENT = `${POD}.containers.0`;

/** Sets a value at the end of a way of keys. */
function set(object: KubeObject | undefined, way: string, value: unknown): void {
  const steps = way.split('.');
  const parent = valueAt(object, steps.slice(0, -1)) as Node;
  parent[steps.at(-1)!] = value;
}
