import { cidr, formatCidr, type IntervalSet, namedRange } from '../address';
import { type AgentFlags, DEFAULT_FLAGS } from '../agentfile/flags';
import { writeAgentFile } from '../agentfile/write';
import { type Diagnostic, diagnostic, hasErrors } from '../diagnostics';
import { append } from '../diagnostics/collect';
import { lacksKey } from '../manifest/agents-together';
import { type AgentConfigMap, RECONCILED } from '../manifest/config-map';
import type { AgentDaemonSet } from '../manifest/daemon-set';
import { objectId, record } from '../manifest/object';
import { azureKeys } from '../manifest/unread-key';
import { valueAt } from '../schema/path';
import { embeddedText, parseText, plainDocument, type SourceDocument, SourceText } from '../source';
import { type LooseDialect, type LooseFile, readLooseFile } from './loose-file';
import type { KeptRange, ReadDialect } from './reading';

/**
 * Azure's ip-masq-agent-v2 reads its file as encoding/json does, takes 64 entries a file, and ends with an error on any
 * that is wrong. How often it reads them is a flag, `--resync-interval`, in seconds.
 * Source: Azure/ip-masq-agent-v2, cmd/ip-masq-agent-v2/ip-masq-agent.go.
 */
const AZURE: LooseDialect = {
  name: "Azure's ip-masq-agent-v2",
  hostBits: 'refuse',
  idle: {
    resyncInterval:
      'it takes the interval from its flag --resync-interval; write agent.resyncInterval in the intent if you want another than 60s',
    cidrLimit: 'it takes 64 entries a file',
  },
  limit: 64,
};

/** Whether a document is a ConfigMap with a file of Azure's agent: one whose key begins as its files do. */
export function isAzureConfigMap(document: SourceDocument): boolean {
  return objectId(document)?.kind === 'ConfigMap' && azureKeys(document).length > 0;
}

/** The objects of Azure's agent. */
export interface AzureObjects {
  /** ConfigMaps with its files. */
  readonly configMaps: readonly SourceDocument[];
  /** The DaemonSet that runs it; absent: AKS's own, which mounts them all. */
  readonly daemonSet?: Pick<AgentDaemonSet, 'document' | 'namespace' | 'flags' | 'resyncSeconds' | 'configMaps'>;
}

/**
 * Reads what Azure's agent makes of its ConfigMaps: every file whose name begins with `ip-masq` counts, the lists are put
 * together, and link-local is masqueraded when any of them says so. The built-in list holds only where there is no file
 * at all: one without a list preserves nothing but link-local. It masquerades without random ports.
 */
export function readAzure({ configMaps, daemonSet }: AzureObjects): ReadDialect {
  const diagnostics: Diagnostic[] = [];
  const files = filesOf(configMaps, daemonSet, diagnostics).flatMap(({ document, key }) => {
    const text = valueAt(document.value, ['data', key]);
    if (typeof text !== 'string') {
      const message = `data.${key} is no text; write "${key}: |" and the file below it`;
      diagnostics.push(diagnostic('MQ204', document.at(['data', key]), { message }));
      return [];
    }
    const read = readLooseFile(parseText(embeddedText(document, ['data', key], text)), AZURE);
    append(diagnostics, read.diagnostics);
    return read.file ? [read.file] : [];
  });
  if (hasErrors(diagnostics)) return { diagnostics };
  const { flags = DEFAULT_FLAGS, resyncSeconds = 0 } = daemonSet ?? {};
  return {
    reading: {
      as: AZURE.name,
      kept: files.length === 0 ? builtIn(flags) : files.flatMap(file => file.nonMasqueradeCIDRs ?? []),
      linkLocal: { 4: linkLocal(files, 'masqLinkLocal'), 6: linkLocal(files, 'masqLinkLocalIPv6') },
      families: flags.enableIPv6 ? [4, 6] : [4],
      randomFully: false,
      ...(resyncSeconds > 0 && { resyncInterval: `${resyncSeconds}s` }),
      keepsOwn: [],
      egress: [],
    },
    diagnostics,
  };
}

function linkLocal(files: readonly LooseFile[], key: 'masqLinkLocal' | 'masqLinkLocalIPv6'): 'preserve' | 'masquerade' {
  return files.some(file => file[key]) ? 'masquerade' : 'preserve';
}

function builtIn({ nomasqAllReservedRanges }: AgentFlags): KeptRange[] {
  const { cidrs } = namedRange(nomasqAllReservedRanges ? 'gke-default-non-masquerade' : 'ip-masq-agent-default')!;
  return cidrs.map(text => ({ text, cidrs: [cidr(text)] }));
}

/** The ConfigMap that AKS reconciles beside the one for lists of one's own: it preserves the VNet, and more is not known. */
export function reconciledByAks(vnet: IntervalSet, masqLinkLocal: boolean): SourceDocument {
  const nonMasqueradeCIDRs = vnet.cidrs().map(block => ({ cidr: formatCidr(block) }));
  const file = writeAgentFile({ nonMasqueradeCIDRs, masqLinkLocal, masqLinkLocalIPv6: false });
  const metadata = { name: RECONCILED, namespace: 'kube-system' };
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'ip-masq-agent-reconciled': file } };
  return plainDocument(object, '', new SourceText('', ''));
}

interface AzureFile {
  readonly document: SourceDocument;
  readonly key: AgentConfigMap['keys'][number];
}

/** The files that the agent finds: those that its DaemonSet mounts, or all. */
function filesOf(
  configMaps: readonly SourceDocument[],
  daemonSet: AzureObjects['daemonSet'],
  diagnostics: Diagnostic[],
): AzureFile[] {
  if (!daemonSet) return configMaps.flatMap(document => azureKeys(document).map(key => ({ document, key })));
  return daemonSet.configMaps.flatMap(({ name, key, optional, path }) => {
    const document = configMaps.find(
      one => objectId(one)?.name === name && objectId(one)?.namespace === daemonSet.namespace,
    );
    if (document && Object.hasOwn(record(valueAt(document.value, ['data'])), key)) return [{ document, key }];
    if (document) {
      diagnostics.push(lacksKey(document, key));
      return [];
    }
    const what = `ConfigMap "${name}" is not among what is read`;
    const message = optional
      ? `${what}: it is taken for one that does not exist, and its list, if it has one, is missing`
      : `${what}, and the pods do not start without it`;
    diagnostics.push(
      diagnostic('MQ802', daemonSet.document.at(path), { message, severity: optional ? 'warning' : 'error' }),
    );
    return [];
  });
}
