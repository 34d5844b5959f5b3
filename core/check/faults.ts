import { AGENT_KEYS } from '../agentfile/read';
import { wrappedFile } from '../agentfile/stray';
import { type Diagnostic, diagnostic } from '../diagnostics';
import { isDump } from '../dump/part';
import { record } from '../manifest/object';
import type { ParsedSource } from '../source';
import { isChartValues } from './agent-files';
import { DUMP_READERS, dumpFault } from './dump';

/** What is wrong with a text as YAML, or what the text is where it is none. */
export function syntaxFaults(parsed: ParsedSource): readonly Diagnostic[] {
  if (!parsed.diagnostics.some(({ code }) => code === 'MQ201')) return parsed.diagnostics;
  const dump = dumpFault(parsed.source);
  return dump ? [dump] : templateFaults(parsed);
}

/** A YAML fault beside `{{` is a template that nobody rendered, and its syntax errors only distract. */
function templateFaults(parsed: ParsedSource): readonly Diagnostic[] {
  const { diagnostics, source } = parsed;
  const at = source.text.indexOf('{{');
  if (at < 0) return diagnostics;
  const end = source.text.indexOf('}}', at);
  const text = source.text.slice(at, end < 0 ? at + 2 : end + 2).split('\n')[0]!;
  const message = `"${text}" is a template placeholder that was never filled in; check what the template renders`;
  const place = { file: source.file, range: source.range(at, at + text.length) };
  const hint = 'a chart is rendered by "helm template CHART | masq validate -"';
  return [diagnostic('MQ613', place, { message, hint }), ...diagnostics.filter(d => d.code !== 'MQ201')];
}

/** Says that a file has nothing for masq, or has it below keys that only a ConfigMap has. */
export function nothingToCheck({ source, documents }: ParsedSource): Diagnostic {
  for (const document of documents) {
    const isFile = !isChartValues(source.file) && record(document.value).kind === undefined;
    const wrapped = isFile ? wrappedFile(document.value, AGENT_KEYS) : undefined;
    if (!wrapped) continue;
    const message = `nothing to check: ${wrapped.message}, or write a whole ConfigMap`;
    return diagnostic('MQ212', document.at(wrapped.path, 'key'), { message });
  }
  const message = isDump(source.text)
    ? `nothing to check: ${DUMP_READERS}`
    : 'nothing to check: no masq intent, no ip-masq-agent file and no manifest that masq knows';
  return diagnostic('MQ212', { file: source.file, range: source.range(0, 0) }, { message });
}
