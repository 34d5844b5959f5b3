import type { Severity } from './diagnostic';

/** What every rule says of itself in one line; the long explanation is in `explanations.ts`. */
export interface Rule {
  /** The rule's readable name, in kebab case: as stable as its code. */
  readonly name: string;
  /** How much its findings matter, unless one says otherwise. */
  readonly severity: Severity;
  /** What single findings of it can be beside that, where a case is graver or lighter. */
  readonly also: readonly Severity[];
  /** The rule in one line. */
  readonly title: string;
}

type Declare = (name: string, title: string, ...also: readonly Severity[]) => Rule;

const declare =
  (severity: Severity): Declare =>
  (name, title, ...also) => ({ name, severity, also, title });

const error = declare('error');
const warning = declare('warning');
const note = declare('note');

const rules = {
  MQ101: error('host-bits-set', 'A CIDR has bits set beyond its prefix'),
  MQ102: error('leading-zero', 'A number in an address starts with a zero, which some readers take for octal'),
  MQ103: error('part-out-of-range', 'A part of an address is larger than its family allows'),
  MQ104: error('wrong-number-of-parts', 'An address has parts missing, doubled or too many'),
  MQ105: error('prefix-out-of-range', 'A prefix length is longer than the address'),
  MQ106: error('missing-prefix', 'A CIDR has no prefix length'),
  MQ107: error('netmask-notation', 'A range is written with a netmask instead of a prefix length'),
  MQ108: error('zone', 'An address carries a zone'),
  MQ109: error('ipv4-mapped', 'An IPv4-mapped IPv6 address is used'),
  MQ110: error('whitespace', 'An address has white space in or around it'),
  MQ111: error('not-an-address', 'A text is not an IP address at all'),
  MQ112: error('cidr-for-address', 'A CIDR is written where one address is wanted'),
  MQ113: error('unknown-range', 'A name is neither a range of the registry nor of the document'),
  MQ120: warning('duplicate-entry', 'A list names the same range twice'),
  MQ121: warning('covered-entry', 'A range lies inside another one of the same list'),
  MQ122: note('cidr-limit', 'A list has more than 64 entries, the limit of ip-masq-agent', 'error', 'warning'),
  MQ123: warning('except-outside', 'An exception lies outside the range that it is taken from'),
  MQ124: warning('except-covers-all', 'The exceptions take away the whole range', 'error'),
  MQ125: error('range-cycle', 'Named ranges refer to each other in a circle'),
  MQ126: error('range-name-taken', 'A named range has the name of a range of the registry', 'warning'),
  MQ127: warning('unused-range', 'A named range is never used'),

  MQ201: error('yaml-syntax', 'The text is not valid YAML'),
  MQ202: error('duplicate-key', 'A map has the same key twice'),
  MQ203: error('unknown-key', 'A key has no meaning where it stands', 'warning'),
  MQ204: error('wrong-type', 'A value has the wrong type'),
  MQ205: error('missing-key', 'A required key is missing'),
  MQ206: error('value-not-allowed', 'A value is outside of what its key allows'),
  MQ207: error('tab-indentation', 'A tab is used for indentation'),
  MQ208: error('yaml11-boolean', 'A YAML 1.1 boolean such as yes or on is used'),
  MQ209: error('too-large', 'A file or a document is larger than masq reads'),
  MQ210: error('alias-bomb', 'Aliases or names of ranges expand to more than masq reads'),
  MQ211: error('null-value', 'A value is missing behind its key or list dash'),
  MQ212: note('nothing-to-check', 'A file holds no document that masq knows'),
  MQ213: error('unknown-kind', 'A masq document has an unknown kind or apiVersion'),
  MQ214: error('duplicate-cluster', 'Two intents have the same name'),
  MQ215: error('several-documents', 'An ip-masq-agent file holds several documents'),
  MQ216: error('bad-duration', 'A duration is not written as ip-masq-agent reads it'),
  MQ217: error('not-utf8', 'A file is not UTF-8 text'),
  MQ218: error('unknown-tag', 'A value carries a YAML tag'),
  MQ219: note('findings-left-out', 'A file has more findings than masq tells'),
  MQ220: error('unknown-rule', 'A setting or a comment names a rule that does not exist'),
  MQ221: error('bare-ignore', 'A masq-ignore comment lacks the rule or the reason'),
  MQ222: note('idle-ignore', 'A masq-ignore comment or a rule of .masq.yaml leaves nothing out'),
  MQ223: error('gitops-entry', 'An entry of gitops in the settings cannot be rendered'),
  MQ224: error('target-entry', 'An entry of targets in the settings cannot be rendered'),

  MQ301: error('cluster-range-masqueraded', 'Traffic inside the cluster would be masqueraded'),
  MQ302: error('link-local-contradiction', 'Link-local is to be masqueraded and is preserved by the list', 'warning'),
  MQ303: error(
    'internet-without-route',
    'Pod addresses are preserved to the internet without a declared route',
    'warning',
  ),
  MQ304: warning('pod-range-elsewhere', 'Pods keep a non-RFC 1918 source towards a range that contains their own'),
  MQ305: warning('node-range-on-premises', 'A node range overlaps an on-premises range: traffic can loop'),
  MQ306: error('cluster-ranges-overlap', 'Node, pod and service ranges overlap each other'),
  MQ307: warning('nothing-preserved', 'The list is empty and preserves nothing'),
  MQ308: warning('family-without-pods', 'An entry is of an address family that the pods do not have'),
  MQ309: error('ipv6-pods-masqueraded', 'IPv6 is enabled without one preserved IPv6 range'),
  MQ310: warning('implicit-defaults', 'No list is given: the agent falls back to built-in defaults', 'note'),
  MQ311: error('resync-too-short', 'The resync interval would make the agent spin'),
  MQ312: error('bad-to-ports', 'The masquerade port ranges are not valid'),
  MQ313: error('bad-masq-chain', 'The masquerade chain has a reserved or too long name'),
  MQ314: note('nothing-to-render', 'The intent needs no object of its own'),
  MQ315: warning('cluster-ranges-unknown', 'The cluster declares no range of a kind that masq keeps safe'),
  MQ316: warning('node-ip-outside', "A node's address is in no node range"),
  MQ317: warning(
    'service-range-on-premises',
    'A service range overlaps an on-premises range: hosts there are out of reach',
  ),
  MQ318: error('unusable-cluster-range', 'A cluster range holds addresses that no pod, node or Service can have'),
  MQ319: warning('agent-without-list', 'The agent is described, but there is no list that it would enforce'),
  MQ320: warning(
    'on-premises-range-of-pods',
    'An on-premises range lies inside a pod range: hosts there are out of reach',
  ),
  MQ321: error('agent-image-missing', 'masq-agent is to run, and no image of it is named'),
  MQ322: error('other-flavor', 'A key is about another agent than the one that is to run', 'warning'),
  MQ323: warning('metrics-address', 'Metrics are to be served on an address that not every node has', 'error'),
  MQ324: warning('metrics-port', "Metrics are to be served on a port of Kubernetes' own", 'error'),

  MQ401: error('gke-chain', 'On GKE the chain must be IP-MASQ'),
  MQ402: error('dataplane-v2-random-fully', 'GKE Dataplane V2 needs --random-fully=false', 'note'),
  MQ403: warning('disable-default-snat-ignored', 'disableDefaultSnat has no effect beside ip-masq-agent'),
  MQ404: warning('windows-node-pools', 'IP masquerading is not supported on Windows node pools'),
  MQ405: error('autopilot-version', 'The Autopilot version has no EgressNATPolicy'),
  MQ406: error('autopilot-dataplane', 'EgressNATPolicy on Autopilot needs Dataplane V2'),
  MQ407: error('autopilot-link-local', 'Autopilot always preserves link-local'),
  MQ408: error('autopilot-default-policy', 'What happens to the generated default policy is not said'),
  MQ409: note('autopilot-undocumented', 'Google does not document how a custom policy and default combine'),
  MQ410: error('gke-managed-policy', 'The GKE-managed policy cannot be written'),
  MQ411: error('not-expressible', 'The platform cannot express this', 'warning'),
  MQ412: error('bad-version', 'The platform version cannot be read'),
  MQ413: error('gke-deploys-agent', 'GKE deploys ip-masq-agent itself on this cluster'),
  MQ414: error('defaults-depend-on-image', 'The default destinations of this GKE version depend on the node image'),
  MQ415: error('target-cannot', 'The data plane that is rendered for cannot express this'),
  MQ416: error('target-lacks', 'The data plane that is rendered for has to know more'),

  MQ501: error('source-ip-not-floating', 'The egress source IP is not among the floating IPs'),
  MQ502: error('source-ip-shared', 'Two policies use the same egress source IP'),
  MQ503: error('floating-ip-outside', 'A floating IP is in no node subnet'),
  MQ504: error('floating-ip-reserved', 'A floating IP is the network or broadcast address of its subnet'),
  MQ505: error('floating-ip-of-node', "A floating IP is a node's own address"),
  MQ506: warning('single-floating-ip', 'An L2 domain has fewer than two floating IPs'),
  MQ507: error('gateway-ipv4-only', 'The egress gateway handles IPv4 only'),
  MQ508: error('policies-overlap', 'Two policies claim the same packet with different source IPs'),
  MQ509: error('destination-in-cluster', 'An egress destination contains addresses of the cluster itself', 'warning'),
  MQ510: warning('selects-every-pod', 'An egress rule selects every pod'),
  MQ511: error('gateway-version', 'The version does not have this gateway kind'),
  MQ512: error('gateway-broken-version', 'The egress gateway is broken in this version'),
  MQ513: warning('gateway-preview', 'Clusters with the preview of the egress gateway cannot be upgraded'),
  MQ514: error('gateway-switch', 'The gateway is switched on the wrong way for this version', 'warning'),
  MQ515: note('gateway-v1-unpublished', 'The v1 policy of bare metal clusters is not published'),
  MQ516: error('duplicate-floating-ip', 'A floating IP is listed twice', 'note'),
  MQ517: error('duplicate-policy', 'Two policies have the same name'),
  MQ518: error('bad-selector', 'A label, an annotation key or a label selector is not valid'),
  MQ519: warning('selects-no-pod', 'An egress rule selects no pod'),
  MQ520: warning('destination-behind-no-gateway', 'An egress destination cannot be reached through a gateway'),

  MQ601: error('volume-mount-mismatch', 'A volume mount names a volume that the pod does not have'),
  MQ602: error('config-map-name', 'The DaemonSet reads another ConfigMap than the one beside it'),
  MQ603: error('config-map-key', 'The ConfigMap lacks the key that the agent reads'),
  MQ604: error('config-path', 'The configuration is not mounted at /etc/config/ip-masq-agent', 'warning'),
  MQ605: error('duplicate-object', 'Two objects have the same kind, namespace and name', 'note'),
  MQ606: warning('namespace', 'Objects of the agent are in different namespaces or in none', 'error'),
  MQ607: error('host-network', 'The agent does not run in the host network'),
  MQ608: error('missing-capability', 'The agent lacks NET_ADMIN', 'warning'),
  MQ609: error('removed-api-version', 'The apiVersion is no longer served by Kubernetes'),
  MQ610: error('selector-mismatch', 'The selector does not match the pod template'),
  MQ611: warning('foreign-dialect', "The manifest is of another project's agent"),
  MQ612: error('unknown-flag', 'The agent does not have this flag', 'warning'),
  MQ613: error('unfilled-placeholder', 'A template placeholder was never filled in'),
  MQ614: warning('privileged', 'The agent runs privileged without need'),
  MQ615: error('bad-object-name', 'A name is not one that Kubernetes takes', 'warning'),
  MQ616: error('request-above-limit', 'A container requests more than its limit'),
  MQ617: error('impossible-pod', "Kubernetes does not take the DaemonSet's pods"),
  MQ618: warning('two-agents', 'Two agents write rules on the same nodes', 'note'),
  MQ619: warning('agent-state', "masq-agent's state does not outlive its pod"),
  MQ620: error('agent-ends', 'masq-agent is told to do something else than to enforce'),
  MQ621: warning('xtables-lock', "masq-agent does not share the node's lock of iptables"),

  MQ701: warning(
    'shadowed-rule',
    'A rule never decides: those that are asked before it hold all that it holds',
    'note',
  ),
  MQ702: note('redundant-rule', 'A rule changes nothing: without it everything is treated the same'),
  MQ703: note('mergeable-ranges', 'Several ranges of a list are exactly one'),
  MQ704: warning('idle-exception', 'An exception takes out what another entry of the list preserves all the same'),
  MQ705: warning('range-not-preserved', "A range of the cluster's own is preserved in part, or not at all"),
  MQ706: warning('sources-disagree', 'Files that one agent merges disagree', 'note'),
  MQ707: warning('unread-source', 'No agent beside it reads a file of the agent'),
  MQ708: warning('kubelet-masquerades', "The kubelet's own masquerading is configured", 'note', 'error'),

  MQ801: note('import-left-out', 'An intent has no word for something that is imported', 'warning'),
  MQ802: note('import-dialect', 'What is imported means something else to ip-masq-agent', 'warning', 'error'),
  MQ803: error('import-not-expressible', 'An intent cannot say what is to be imported'),
  MQ804: error(
    'import-masquerades-cluster',
    "What is imported masquerades packets to the cluster's own ranges",
    'warning',
  ),

  MQ901: error('translation-mismatch', 'What would be emitted does not mean what was asked for'),
  MQ902: error('internal-fault', 'masq itself failed'),
  MQ903: error('stale-output', 'The rendered manifests are not up to date'),
  MQ904: error('unreadable', 'A file cannot be read'),
  MQ905: note('orphaned-output', 'A rendered file belongs to no given intent'),
  MQ906: error('nothing-checked', 'A run looked at no document that masq knows', 'note'),
  MQ907: note('foreign-output', 'A manifest beside the rendered ones was not written by masq', 'error'),
} satisfies Record<string, Rule>;

/** The code of a rule, such as `MQ101`. */
export type RuleCode = keyof typeof rules;

/**
 * Every rule that masq checks, by its code. A code is never reused and never changes its meaning.
 * MQ1xx addresses, MQ2xx documents, MQ3xx the cluster's treatment, MQ4xx platforms, MQ5xx the egress gateway,
 * MQ6xx Kubernetes manifests, MQ7xx what `masq lint` alone looks for, MQ8xx imports, MQ9xx masq itself.
 */
export const RULES: Readonly<Record<RuleCode, Rule>> = rules;

/** All codes in their order. */
export const RULE_CODES: readonly RuleCode[] = Object.keys(rules) as RuleCode[];

/** Whether a rule is one of those that `masq lint` alone looks for: what is right and could be better, or is dubious. */
export function isOfLint(code: RuleCode): boolean {
  return code.startsWith('MQ7');
}
