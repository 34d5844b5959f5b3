import { doubleQuoted } from '../yaml';

/** One entry of the list, with a few words on why it is there. */
export interface ListedCidr {
  /** The CIDR. */
  readonly cidr: string;
  /** Why it is there; becomes a comment behind it. */
  readonly note?: string;
}

/** What is written into an ip-masq-agent file. */
export interface AgentFile {
  /** Destinations to which pods keep their address; link-local ones need no entry. */
  readonly nonMasqueradeCIDRs: readonly ListedCidr[];
  /** Whether packets to 169.254.0.0/16 (RFC 3927) are masqueraded. */
  readonly masqLinkLocal: boolean;
  /** Written only when true: Google's images do not document the key. */
  readonly masqLinkLocalIPv6: boolean;
  /** How often the agent reads the file again: a Go duration such as `60s`. Absent: the agent has no such key. */
  readonly resyncInterval?: string;
  /** Written only when the list is longer than the agent's default limit. */
  readonly cidrLimit?: number;
}

/** The file's text, YAML, byte for byte the same for the same content. Notes become comments. */
export function writeAgentFile(file: AgentFile): string {
  const lines: string[] = [];
  if (file.nonMasqueradeCIDRs.length === 0) lines.push('nonMasqueradeCIDRs: []');
  else {
    lines.push('nonMasqueradeCIDRs:');
    for (const { cidr, note } of file.nonMasqueradeCIDRs) {
      const value = scalar(cidr);
      lines.push(note === undefined ? `  - ${value}` : `  - ${value} # ${comment(note)}`);
    }
  }
  lines.push(`masqLinkLocal: ${file.masqLinkLocal}`);
  if (file.masqLinkLocalIPv6) lines.push('masqLinkLocalIPv6: true');
  if (file.resyncInterval !== undefined) lines.push(`resyncInterval: ${scalar(file.resyncInterval)}`);
  if (file.cidrLimit !== undefined) lines.push(`cidrLimit: ${file.cidrLimit}`);
  return `${lines.join('\n')}\n`;
}

/** A text as YAML that reads as this text and no other. */
function scalar(text: string): string {
  return /^[0-9a-z][0-9a-z./]*$/i.test(text) ? text : doubleQuoted(text);
}

/** A text as one line; a comment knows no escapes for what may not stand in YAML. */
function comment(text: string): string {
  return text.replace(/[\s\p{Cc}\p{Cs}\ufffe\uffff]+/gu, ' ').trim();
}
