import { cidr, type Family, namedRange } from '../address';
import { parseBoolean } from '../agentfile/flags';
import { type Diagnostic, diagnostic, hasErrors, type ValuePath } from '../diagnostics';
import { append } from '../diagnostics/collect';
import { Findings } from '../intent/findings';
import { objectId, record, written } from '../manifest/object';
import { valueAt } from '../schema/path';
import { embeddedText, parseText, type SourceDocument } from '../source';
import { isCiliumPolicy, readCiliumPolicies } from './cilium-egress';
import { type LooseDialect, type LooseFile, readLooseFile } from './loose-file';
import { readMasked } from './masked';
import type { KeptRange, ReadDialect } from './reading';

/**
 * Cilium's ip-masq-agent, a part of its own agent (Helm's `ipMasqAgent.enabled`, with `bpf.masquerade`), reads the file
 * of ip-masq-agent from the ConfigMap `ip-masq-agent`, key `config`, whenever it changes. It takes host bits off CIDRs.
 * Source: cilium/cilium pkg/ipmasq/ipmasq.go; Cilium's page on masquerading.
 */
const CILIUM: LooseDialect = {
  name: "Cilium's ip-masq-agent",
  hostBits: 'mask',
  idle: {
    resyncInterval: 'it reads its file whenever that changes; the intent is without, and masq renders 60s',
    cidrLimit: 'it has no limit',
  },
};

/** Whether a document is one of Cilium's own: its settings, or a policy of its egress gateway. */
export function isCiliumObject(document: SourceDocument): boolean {
  return isCiliumSettings(document) || isCiliumPolicy(document);
}

/** Whether a document holds Cilium's settings: the ConfigMap `cilium-config`, or values of its chart, which become that. */
export function isCiliumSettings(document: SourceDocument): boolean {
  const id = objectId(document);
  return id ? id.kind === 'ConfigMap' && id.name === 'cilium-config' : isCiliumValues(document);
}

function isCiliumValues({ value }: SourceDocument): boolean {
  return (
    typeof record(record(value).ipMasqAgent).enabled === 'boolean' ||
    typeof record(record(value).bpf).masquerade === 'boolean' ||
    ['enableIPv4Masquerade', 'ipv4NativeRoutingCIDR'].some(key => Object.hasOwn(record(value), key))
  );
}

/** Whether Cilium is told to masquerade nothing, of either family: somebody else does then, or nobody. */
export function isCiliumOff(document: SourceDocument): boolean {
  if (!isCiliumSettings(document)) return false;
  const { flag } = optionsOf(document);
  const ipv6 = flag('enable-ipv6') !== false && flag('enable-ipv6-masquerade') !== false;
  return flag('enable-ipv4-masquerade') === false && !ipv6;
}

/**
 * Reads what Cilium makes of its configuration: the ConfigMap `ip-masq-agent`, its own settings in `cilium-config`, and
 * the policies of its egress gateway.
 *
 * Packets to the cluster's own nodes and pods are never masqueraded, whatever the list says, and none leaves to a Service:
 * Cilium puts a pod's address in the place of the Service's before. Without a file, or with an
 * empty one, eleven reserved ranges are preserved; with one that has no list, link-local alone. Where there is no
 * ip-masq-agent, what is not the cluster's own is masqueraded, but for `ipv4-native-routing-cidr`.
 * @param documents a ConfigMap with the key `config`, `cilium-config` or the chart's values, and policies, as far as they
 *   are there
 * @param ipv6 whether pods have IPv6 addresses, where no setting says that. @default what the list names
 */
export function readCilium(documents: readonly SourceDocument[], ipv6?: boolean): ReadDialect {
  const diagnostics: Diagnostic[] = [];
  const own = documents.find(isCiliumSettings);
  const settings = readSettings(own, diagnostics);
  const configMap = documents.find(document => objectId(document)?.kind === 'ConfigMap' && !isCiliumSettings(document));
  if (own && configMap && !settings.ipMasqAgent) diagnostics.push(unread(configMap, own));
  const [policy] = documents.filter(isCiliumPolicy);
  if (own && policy && !settings.egressGateway) diagnostics.push(unheeded(policy, own));
  const agent = configMap !== undefined || settings.ipMasqAgent;
  const file = configMap && readFile(configMap, diagnostics);
  const policies = readCiliumPolicies(documents.filter(isCiliumPolicy));
  append(diagnostics, policies.diagnostics);
  if (hasErrors(diagnostics)) return { diagnostics };
  const kept = agent
    ? [...(file?.nonMasqueradeCIDRs ?? (file ? [] : BUILT_IN)), ...settings.nativeRouting]
    : settings.nativeRouting;
  const local = (key: 'masqLinkLocal' | 'masqLinkLocalIPv6') => (agent && !file?.[key] ? 'preserve' : 'masquerade');
  const listsIPv6 = kept.some(range => range.cidrs.some(one => one.family === 6));
  const masqueradesIPv6 = settings.masqueradesIPv6 && (settings.ipv6 ?? ipv6 ?? listsIPv6);
  const families: readonly Family[] = masqueradesIPv6 ? [4, 6] : [4];
  return {
    reading: {
      as: agent ? CILIUM.name : "Cilium's masquerading",
      kept,
      linkLocal: { 4: local('masqLinkLocal'), 6: local('masqLinkLocalIPv6') },
      families,
      randomFully: true,
      keepsOwn: ['nodes', 'pods', 'services'],
      egress: policies.policies,
    },
    diagnostics,
  };
}

/** What is said of a file that Cilium leaves alone: another agent may read it, and both would decide. */
function unread(configMap: SourceDocument, settings: SourceDocument): Diagnostic {
  const { path, text } = optionsOf(settings);
  const option = objectId(settings) ? 'enable-ip-masq-agent' : 'ipMasqAgent.enabled';
  const said = text('enable-ip-masq-agent');
  const isSaid = said === undefined ? `without "${option}: true"` : `with "${option}: ${said}"`;
  const message = `Cilium does not read ConfigMap "${objectId(configMap)?.name ?? ''}" ${isSaid} in its settings; set that, or leave the ConfigMap out`;
  const at = said === undefined ? settings.at([]) : settings.at(path('enable-ip-masq-agent'));
  return diagnostic('MQ803', configMap.at(['metadata', 'name']), {
    message,
    related: [{ ...at, message: "Cilium's settings" }],
  });
}

/** What is said of policies of an egress gateway that is not on. */
function unheeded(policy: SourceDocument, settings: SourceDocument): Diagnostic {
  const option = objectId(settings) ? 'enable-ipv4-egress-gateway: true' : 'egressGateway.enabled: true';
  const message = `Cilium does nothing with its egress policies without "${option}" in its settings; set that, or leave the policies out`;
  return diagnostic('MQ803', policy.at(['metadata', 'name']), {
    message,
    related: [{ ...settings.at([]), message: "Cilium's settings" }],
  });
}

/** What an agent without a file, or with an empty one, preserves: the ranges that GKE preserves too. */
const BUILT_IN: readonly KeptRange[] = namedRange('gke-default-non-masquerade')!.cidrs.map(text => ({
  text,
  cidrs: [cidr(text)],
}));

/** The file in a ConfigMap; undefined when it is empty, as an agent without a file has it. */
function readFile(document: SourceDocument, diagnostics: Diagnostic[]): LooseFile | undefined {
  const text = valueAt(document.value, ['data', 'config']);
  if (typeof text !== 'string') {
    const message = `ConfigMap "${objectId(document)?.name ?? ''}" has no text under "config", which is what Cilium reads`;
    diagnostics.push(diagnostic('MQ603', document.at(['data'], 'key'), { message }));
    return undefined;
  }
  if (text === '') return undefined;
  const read = readLooseFile(parseText(embeddedText(document, ['data', 'config'], text)), CILIUM);
  append(diagnostics, read.diagnostics);
  return read.file;
}

interface Settings {
  /** Whether pods have IPv6 addresses; undefined where nothing says so. */
  readonly ipv6?: boolean;
  /** Whether IPv6 is masqueraded where pods have it. */
  readonly masqueradesIPv6: boolean;
  /** Whether the ip-masq-agent is on. */
  readonly ipMasqAgent: boolean;
  /** Whether the egress gateway is on. */
  readonly egressGateway: boolean;
  /** Ranges that are routed natively, and never masqueraded. */
  readonly nativeRouting: readonly KeptRange[];
}

/**
 * Cilium's options that are about source addresses, with the value of its chart that each comes from.
 * Sources: Cilium's command reference of cilium-agent; cilium/cilium, install/kubernetes/cilium/templates/cilium-configmap.yaml.
 */
const OPTIONS = {
  'enable-bpf-masquerade': ['bpf', 'masquerade'],
  'enable-ip-masq-agent': ['ipMasqAgent', 'enabled'],
  'enable-ipv4-egress-gateway': ['egressGateway', 'enabled'],
  'enable-egress-gateway': ['egressGateway', 'enabled'],
  'enable-ipv4-masquerade': ['enableIPv4Masquerade'],
  'enable-ipv6': ['ipv6', 'enabled'],
  'enable-ipv6-masquerade': ['enableIPv6Masquerade'],
  'ipv4-native-routing-cidr': ['ipv4NativeRoutingCIDR'],
  'ipv6-native-routing-cidr': ['ipv6NativeRoutingCIDR'],
  'native-routing-cidr': ['nativeRoutingCIDR'],
} as const satisfies Readonly<Record<string, ValuePath>>;

type OptionName = keyof typeof OPTIONS;

/** What `ipv4-native-routing-cidr` was called up to Cilium 1.11. Source: cilium/cilium, pull request 19677. */
const OLD = 'native-routing-cidr';
const OLD_NAME =
  'this is what Cilium up to 1.11 reads, and is read like that; for later versions write ipv4-native-routing-cidr (in values of the chart ipv4NativeRoutingCIDR)';

function optionsOf(document: SourceDocument) {
  const isValues = objectId(document) === undefined;
  const path = (name: OptionName): ValuePath => (isValues ? OPTIONS[name] : ['data', name]);
  const text = (name: OptionName): string | undefined => {
    const value = valueAt(document.value, path(name));
    return value === undefined || value === null || value === '' ? undefined : written(value);
  };
  const flag = (name: OptionName): boolean | undefined => parseBoolean(text(name) ?? '');
  return { path, text, flag };
}

function readSettings(document: SourceDocument | undefined, diagnostics: Diagnostic[]): Settings {
  if (!document) return { masqueradesIPv6: true, ipMasqAgent: false, egressGateway: true, nativeRouting: [] };
  const findings = new Findings(document);
  const { path, text, flag } = optionsOf(document);
  if (flag('enable-ipv4-masquerade') === false) {
    findings.add(
      'MQ803',
      path('enable-ipv4-masquerade'),
      'Cilium does not masquerade here: what pods do to the outside is up to something else, which is not among what is read',
    );
  }
  const ipMasqAgent = flag('enable-ip-masq-agent') ?? false;
  if (ipMasqAgent && flag('enable-bpf-masquerade') === false) {
    const message = 'Cilium does not start like this: its ip-masq-agent needs masquerading by BPF; set that to true';
    findings.add('MQ803', path('enable-bpf-masquerade'), message);
  }
  const list = ['ipMasqAgent', 'config'];
  if (
    ipMasqAgent &&
    objectId(document) === undefined &&
    Object.keys(record(valueAt(document.value, list))).length > 0
  ) {
    const message =
      'the chart makes ConfigMap "ip-masq-agent" of this, which is what is read: render it with helm template, and take that';
    findings.add('MQ803', list, message);
  }
  const ipv4 = text('ipv4-native-routing-cidr') === undefined ? OLD : 'ipv4-native-routing-cidr';
  const nativeRouting = ([ipv4, 'ipv6-native-routing-cidr'] as const).flatMap(name => {
    const range = text(name);
    if (range === undefined) return [];
    if (name === OLD) findings.add('MQ802', path(name), OLD_NAME, 'key');
    const read = readMasked(range, path(name), 'Cilium', findings);
    return read
      ? [{ text: range, cidrs: [read], at: document.at(path(name)), comment: document.comment(path(name)) }]
      : [];
  });
  append(diagnostics, findings.list);
  const ipv6 = flag('enable-ipv6');
  return {
    ...(ipv6 !== undefined && { ipv6 }),
    masqueradesIPv6: flag('enable-ipv6-masquerade') ?? true,
    ipMasqAgent,
    egressGateway: flag('enable-ipv4-egress-gateway') ?? flag('enable-egress-gateway') ?? false,
    nativeRouting,
  };
}
