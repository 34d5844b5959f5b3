import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../core/artefact/kube-object';
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

/**
 * What may change in a rendered object without changing what the cluster does to packets. Every other change has to be
 * refused, so that a new field is either read back or named here.
 */
const FREE: readonly RegExp[] = [
  /^\w+ metadata\.(?:labels|annotations)[.:[]/,
  // Nothing refers to these by name.
  /^(?:DaemonSet|EgressNATPolicy) metadata\.name: a longer text$/,
  // Where the agent's pods may run and what for, beside the intent's nodeSelector; what it has no need of.
  /^DaemonSet spec\.template\.spec\.(?:tolerations|priorityClassName|automountServiceAccountToken)\b/,
  /^DaemonSet spec\.template\.spec\.serviceAccountName: (?:nothing|a number)$/,
  /^DaemonSet spec\.template\.spec\.containers\[0\]\.name\b/,
  /^DaemonSet spec\.template\.spec\.containers\[0\]\.securityContext\.(?:allow|seccomp|privileged|capabilities\.drop)/,
  // NET_RAW, without which iptables-nft works: a warning.
  /^DaemonSet spec\.template\.spec\.containers\[0\]\.securityContext\.capabilities\.add\[1\]/,
  // The ConfigMap is there.
  /^DaemonSet spec\.template\.spec\.volumes\[0\]\.configMap\.optional\b/,
  /^ServiceAccount automountServiceAccountToken\b/,
];

/** Changes that are harmless in one cluster alone. */
const HARMLESS: Readonly<Record<string, readonly string[]>> = {
  // Node and pod ranges, which the GKE-managed policy preserves too.
  'autopilot-custom-policy': [
    'EgressNATPolicy spec.destinations[0]: nothing',
    'EgressNATPolicy spec.destinations[2]: nothing',
  ],
  // The list is the built-in one.
  'gke-1-13-containerd': ['ConfigMap data.config: an empty text'],
};

/** Every place in some data, the whole left out. */
function placesOf(data: unknown, path: Path = []): Path[] {
  const here = path.length > 0 ? [path] : [];
  if (typeof data !== 'object' || data === null) return here;
  const steps = Array.isArray(data) ? data.map((_, i) => i) : Object.keys(data);
  return [...here, ...steps.flatMap(step => placesOf((data as Node)[step], [...path, step]))];
}

type Other = readonly [name: string, value: unknown];
const A_TEXT: Other = ['a text', 'x'];

/** Other values for one, in words. */
function othersFor(value: unknown): Other[] {
  if (typeof value === 'string') {
    return [
      ['a longer text', `${value}x`],
      ['an empty text', ''],
      ['a number', 7],
    ];
  }
  if (typeof value === 'boolean') return [['the opposite', !value], A_TEXT];
  return [['an empty one', Array.isArray(value) ? [] : {}], A_TEXT];
}

/** Every way to spoil one of some objects at one place, in words. */
function tampered(objects: readonly KubeObject[]): [what: string, objects: KubeObject[]][] {
  return objects.flatMap((object, i): [string, KubeObject[]][] => {
    const others = objects.filter((_, j) => j !== i);
    const change = (path: Path, name: string, act: (parent: Node, step: string | number) => void) => {
      const spoilt = changed(object, copy => act(valueAt(copy, path.slice(0, -1)) as Node, path.at(-1)!));
      return [`${object.kind} ${pathText(path)}: ${name}`, [...others, spoilt]] satisfies [string, KubeObject[]];
    };
    return [
      [`${object.kind}: not there`, others],
      ...placesOf(object).flatMap(path => [
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

describe('rendered objects', () => {
  it.each(models.map(model => [model.name, model] as const))('of %s mean what was asked for', (_, model) => {
    expect(verifyManifests(model, renderedObjects(model))).toEqual([]);
  });

  it.each(models.map(model => [model.name, model] as const))(
    'of %s are refused when spoilt at any place',
    (_, model) => {
      // The definitions are copied from the schemas, and a test there holds them to that.
      const [definitions, objects] = [true, false].map(wanted =>
        renderedObjects(model).filter(o => (o.kind === 'CustomResourceDefinition') === wanted),
      );
      const passed = tampered(objects!)
        .filter(([what]) => !FREE.some(free => free.test(what)))
        .filter(([, spoilt]) => verifyManifests(model, [...definitions!, ...spoilt]).length === 0);
      expect(passed.map(([what]) => what)).toEqual(HARMLESS[model.name] ?? []);
      for (const definition of definitions!) {
        const rest = definitions!.filter(other => other !== definition);
        expect(verifyManifests(model, [...rest, ...objects!]).map(d => d.message)).toEqual([
          `CustomResourceDefinition "${valueAt(definition, ['metadata', 'name'])}" is not rendered`,
        ]);
      }
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
      'DaemonSet "ip-masq-agent" takes its file from no single ConfigMap',
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
      'what DaemonSet "ip-masq-agent" starts is not ip-masq-agent itself',
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
  ])('are refused with %s, in these words', (_, cluster, spoil, message) => {
    const model = models.find(m => m.name === cluster)!;
    const objects = structuredClone(renderedObjects(model));
    spoil(Object.fromEntries(objects.map(object => [object.kind, object])));
    expect(verifyManifests(model, objects).map(d => d.message)).toEqual([message]);
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
