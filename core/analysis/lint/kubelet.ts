import { type Diagnostic, diagnostic, type Location, type ValuePath } from '../../diagnostics';
import { record } from '../../manifest/object';
import { valueAt } from '../../schema/path';
import type { SourceDocument } from '../../source';

/** The flag, as it stands among arguments, in a systemd unit or in a script. */
const FLAG = /--non-masquerade-cidr(?:[= ]["']?([^\s"',]*))?/g;

/** The flag's name among kubeadm's `kubeletExtraArgs`. */
const NAME = 'non-masquerade-cidr';

/** The value with which the kubelet writes no rule. */
const NONE = '0.0.0.0/0';

/** The minor version of Kubernetes that no longer has the flag. Source: kubernetes/kubernetes pull request 107096. */
const REMOVED = 24;

/** Whether a text may say something of the kubelet's flag: most are not worth to be parsed for it. */
export function mayConfigureKubelet(text: string): boolean {
  return text.includes(NAME);
}

/**
 * What a document tells the kubelet to masquerade by itself, wherever it says so: in arguments, in kubeadm's
 * `kubeletExtraArgs`, or in a text such as a systemd unit of cloud-init. Up to 1.23, and with Docker and kubenet, it
 * writes a rule of its own for all but one range, beside those of the agent.
 * Source: kubernetes-sigs/ip-masq-agent, its README; kubernetes/kubernetes pull requests 46554 and 107096.
 * @param minor the cluster's minor version of Kubernetes 1, where it is known
 */
export function kubeletFlags(document: SourceDocument, minor: number | undefined): Diagnostic[] {
  return mentions(document).map(({ value, at }) => {
    const gone = `the flag is gone from Kubernetes 1.${REMOVED} on`;
    if (minor !== undefined && minor >= REMOVED) {
      const message = `the kubelet of Kubernetes 1.${minor} does not start with --${NAME}, which 1.${REMOVED} removed; remove it`;
      return diagnostic('MQ708', at, { message, severity: 'error' });
    }
    if (value === NONE) {
      const message = `--${NAME}=${NONE} keeps the kubelet from masquerading; ${gone}: remove it there`;
      return diagnostic('MQ708', at, { message, severity: 'note' });
    }
    const message = `--${NAME}${value === '' ? '' : `=${value}`} makes a kubelet with kubenet masquerade by itself, beside the agent; write --${NAME}=${NONE}, or remove it; ${gone}`;
    return diagnostic('MQ708', at, { message });
  });
}

/** The minor version of Kubernetes 1 that kubeadm's configuration asks for. */
export function versionIn({ value }: SourceDocument): number | undefined {
  const { kind, kubernetesVersion } = record(value);
  const minor = kind === 'ClusterConfiguration' && /^v?1\.(\d+)(?:\.|$)/.exec(String(kubernetesVersion))?.[1];
  return minor ? Number(minor) : undefined;
}

interface Mention {
  /** The value; empty where it cannot be told. */
  readonly value: string;
  readonly at: Location;
}

function mentions(document: SourceDocument, path: ValuePath = []): Mention[] {
  const value = valueAt(document.value, path);
  if (typeof value === 'string') return inText(document, path, value);
  if (Array.isArray(value)) {
    return value.flatMap((_, i) => [...asArgument(document, [...path, i]), ...mentions(document, [...path, i])]);
  }
  return Object.keys(record(value)).flatMap(key => {
    const own = valueAt(value, [key]);
    if (key === NAME && typeof own !== 'object') return [{ value: String(own), at: document.at([...path, key]) }];
    return mentions(document, [...path, key]);
  });
}

/** The flag in a text, but not in its comments. */
function inText(document: SourceDocument, path: ValuePath, text: string): Mention[] {
  return [...text.matchAll(FLAG)].flatMap(({ 0: found, 1: value = '', index }) => {
    const line = text.slice(text.lastIndexOf('\n', index) + 1, index);
    if (/^\s*[#;]/.test(line)) return [];
    const next = value === '' && Array.isArray(valueAt(document.value, path.slice(0, -1)));
    const behind = next ? valueAt(document.value, [...path.slice(0, -1), Number(path.at(-1)) + 1]) : undefined;
    return [{ value: typeof behind === 'string' ? behind : value, at: document.within(path, index, found.length) }];
  });
}

/** An item of kubeadm's `kubeletExtraArgs` since v1beta4: a map with a name and a value. */
function asArgument(document: SourceDocument, path: ValuePath): Mention[] {
  const { name, value } = record(valueAt(document.value, path));
  return name === NAME ? [{ value: String(value), at: document.at([...path, 'value']) }] : [];
}
