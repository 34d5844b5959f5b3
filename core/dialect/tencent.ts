import { cidr, namedRange } from '../address';
import { type Diagnostic, hasErrors } from '../diagnostics';
import { append } from '../diagnostics/collect';
import { Findings } from '../intent/findings';
import { list, objectId, record } from '../manifest/object';
import { valueAt } from '../schema/path';
import { embeddedText, parseText, type SourceDocument } from '../source';
import { type LooseDialect, readLooseFile } from './loose-file';
import type { KeptRange, ReadDialect } from './reading';

/** What Tencent's agent calls its ConfigMap. */
const CONFIG_MAP = 'ip-masq-agent-config';

/** A key of Tencent's own: sources whose packets keep their address wherever they go. */
const SOURCES = 'NonMasqueradeSrcCIDRs';

/**
 * The ip-masq-agent of Tencent's TKE: upstream's with one key more, in a ConfigMap of another name. Its documents write
 * all keys with a capital letter, which encoding/json takes.
 * Source: Tencent Cloud, TKE: pods with an elastic IP.
 */
const TENCENT: LooseDialect = {
  name: "Tencent's ip-masq-agent",
  hostBits: 'refuse',
  idle: {},
  own: [SOURCES, 'resyncInterval'],
};

/** Whether a document is the ConfigMap of Tencent's agent. */
export function isTencentConfigMap(document: SourceDocument): boolean {
  const id = objectId(document);
  return (
    id?.kind === 'ConfigMap' &&
    id.name === CONFIG_MAP &&
    typeof valueAt(document.value, ['data', 'config']) === 'string'
  );
}

/** Reads what Tencent's agent makes of its ConfigMap; sources of its own are what an intent cannot tell apart. */
export function readTencent(document: SourceDocument): ReadDialect {
  const text = String(valueAt(document.value, ['data', 'config']));
  const parsed = parseText(embeddedText(document, ['data', 'config'], text));
  const diagnostics: Diagnostic[] = [];
  const read = readLooseFile(parsed, TENCENT);
  append(diagnostics, read.diagnostics);
  const [inner] = parsed.documents;
  if (inner) checkSources(inner, diagnostics);
  if (hasErrors(diagnostics) || !read.file) return { diagnostics };
  const { nonMasqueradeCIDRs, masqLinkLocal, masqLinkLocalIPv6 } = read.file;
  const resyncInterval = inner && fieldOf(inner, 'resyncInterval');
  return {
    reading: {
      as: TENCENT.name,
      kept: nonMasqueradeCIDRs ?? BUILT_IN,
      linkLocal: { 4: masqLinkLocal ? 'masquerade' : 'preserve', 6: masqLinkLocalIPv6 ? 'masquerade' : 'preserve' },
      families: [4],
      randomFully: true,
      ...(typeof resyncInterval === 'string' && { resyncInterval }),
      keepsOwn: [],
      egress: [],
    },
    diagnostics,
  };
}

const BUILT_IN: readonly KeptRange[] = namedRange('ip-masq-agent-default')!.cidrs.map(text => ({
  text,
  cidrs: [cidr(text)],
}));

function keyOf(document: SourceDocument, key: string): string | undefined {
  return Object.keys(record(document.value)).find(written => written.toLowerCase() === key.toLowerCase());
}

function fieldOf(document: SourceDocument, key: string): unknown {
  return valueAt(document.value, [keyOf(document, key) ?? key]);
}

function checkSources(document: SourceDocument, diagnostics: Diagnostic[]): void {
  const sources = list(fieldOf(document, SOURCES));
  if (sources.length === 0) return;
  const findings = new Findings(document);
  const message = `packets of pods in ${sources.join(', ')} keep their address wherever they go, and an intent does not tell pods apart by their address; import a copy without the key, and see to these pods otherwise`;
  findings.add('MQ803', [keyOf(document, SOURCES)!], message);
  append(diagnostics, findings.list);
}
