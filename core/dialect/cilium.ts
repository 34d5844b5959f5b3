import { cidr, type Family, namedRange } from '../address';
import { parseBoolean } from '../agentfile/flags';
import { type Diagnostic, diagnostic, hasErrors } from '../diagnostics';
import { append } from '../diagnostics/collect';
import { readCidrs } from '../intent/entry';
import { Findings } from '../intent/findings';
import { objectId } from '../manifest/object';
import { valueAt } from '../schema/path';
import { embeddedText, parseText, type SourceDocument } from '../source';
import { isCiliumPolicy, readCiliumPolicies } from './cilium-egress';
import { type LooseDialect, type LooseFile, readLooseFile } from './loose-file';
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
  return isCiliumConfig(document) || isCiliumPolicy(document);
}

function isCiliumConfig(document: SourceDocument): boolean {
  const id = objectId(document);
  return id?.kind === 'ConfigMap' && id.name === 'cilium-config';
}

/**
 * Reads what Cilium makes of its configuration: the ConfigMap `ip-masq-agent`, its own settings in `cilium-config`, and
 * the policies of its egress gateway.
 *
 * Packets to the cluster's own nodes and pods are never masqueraded, whatever the list says. Without a file, or with an
 * empty one, eleven reserved ranges are preserved; with one that has no list, link-local alone. Where there is no
 * ip-masq-agent, what is not the cluster's own is masqueraded, but for `ipv4-native-routing-cidr`.
 * @param documents a ConfigMap with the key `config`, `cilium-config` and policies, as far as they are there
 */
export function readCilium(documents: readonly SourceDocument[]): ReadDialect {
  const diagnostics: Diagnostic[] = [];
  const settings = readSettings(documents.find(isCiliumConfig), diagnostics);
  const configMap = documents.find(document => objectId(document)?.kind === 'ConfigMap' && !isCiliumConfig(document));
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
  const families: readonly Family[] = (settings.ipv6 ?? listsIPv6) ? [4, 6] : [4];
  return {
    reading: {
      as: agent ? CILIUM.name : "Cilium's masquerading",
      kept,
      linkLocal: { 4: local('masqLinkLocal'), 6: local('masqLinkLocalIPv6') },
      families,
      randomFully: true,
      keepsOwn: ['nodes', 'pods'],
      egress: policies.policies,
    },
    diagnostics,
  };
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
  /** Whether IPv6 is masqueraded; undefined where nothing says so. */
  readonly ipv6?: boolean;
  /** Whether the ip-masq-agent is on. */
  readonly ipMasqAgent: boolean;
  /** Ranges that are routed natively, and never masqueraded. */
  readonly nativeRouting: readonly KeptRange[];
}

/** Cilium's options, all of them texts. Source: Cilium's command reference of cilium-agent. */
function readSettings(document: SourceDocument | undefined, diagnostics: Diagnostic[]): Settings {
  if (!document) return { ipMasqAgent: false, nativeRouting: [] };
  const findings = new Findings(document);
  const option = (key: string): string | undefined => {
    const value = valueAt(document.value, ['data', key]);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const flag = (key: string, otherwise: boolean): boolean => parseBoolean(option(key) ?? '') ?? otherwise;
  if (!flag('enable-ipv4-masquerade', true)) {
    findings.add(
      'MQ803',
      ['data', 'enable-ipv4-masquerade'],
      'Cilium does not masquerade here: what pods do to the outside is up to something else, which is not among what is imported',
    );
  }
  const nativeRouting = ['ipv4-native-routing-cidr', 'ipv6-native-routing-cidr'].flatMap(key => {
    const text = option(key);
    if (text === undefined) return [];
    const [entry] = readCidrs([text], ['data', key], findings);
    return entry ? [{ text, cidrs: entry.cidrs, at: document.at(['data', key]) }] : [];
  });
  append(diagnostics, findings.list);
  return {
    ipv6: flag('enable-ipv6', false) && flag('enable-ipv6-masquerade', true),
    ipMasqAgent: flag('enable-ip-masq-agent', false),
    nativeRouting,
  };
}
