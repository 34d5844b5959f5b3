import { type Address, type Cidr, formatCidr, IntervalSet, parseAddress, parseCidr } from '../../core/address';
import { type Explanation, explain } from '../../core/analysis/explain';
import type { Subject } from '../../core/analysis/subject';
import { termsText } from '../../core/analysis/terms';
import { hasErrors } from '../../core/diagnostics';
import { suggest } from '../../core/diagnostics/suggest';
import type { Pod } from '../../core/treatment/pod-classes';
import { parseLabels, podText, ruleText, sourceText, treatmentWord } from '../ask/words';
import { writeFindings } from '../findings';
import type { Invocation } from '../masq';
import { loadProject } from '../settings';
import { readSide } from '../side';
import { refuse, stderr, stdout } from '../stdio';
import { type ColorChoice, palette, useColor } from '../terminal';

/** `masq explain`: what happens to packets from a pod to some destinations, and why. */
export async function run({ values, positionals }: Invocation): Promise<number> {
  const project = loadProject(values, false);
  const words = positionals.length > 0 ? positionals : (project.settings.intents ?? []).map(project.here);
  const to = destinationsOf(String(values.to ?? ''));
  const pod = podOf(values.from as string | undefined, values.namespace as string | undefined);
  const faults = [to, pod].filter(part => typeof part === 'string');
  if (words.length === 0) faults.push('name what is asked: files, folders, "-", or git:REV:PATH');
  if (faults.length > 0 || typeof to === 'string' || typeof pod === 'string') return refuse(faults);
  const side = readSide(words);
  if (side.faults.length > 0) return refuse(side.faults);
  if (hasErrors(side.diagnostics)) {
    await writeFindings(
      { ...side, files: [...side.sources.keys()], documents: 0 },
      { ...values, format: 'text' },
      stderr,
    );
    return 2;
  }
  const asked = chosen(side.subjects, values.cluster as string | undefined);
  if (typeof asked === 'string') return refuse([asked]);
  const answers = asked.map(subject => ({ subject, explanations: explain(subject.map, pod, to) }));
  if (values.format === 'json')
    stdout.write(
      `${JSON.stringify(
        answers.map(answer => asData(answer, pod)),
        undefined,
        2,
      )}\n`,
    );
  else
    stdout.write(
      answers.map(answer => asText(answer, pod, useColor(stdout, process.env, values.color as ColorChoice))).join('\n'),
    );
  return 0;
}

interface Answer {
  readonly subject: Subject;
  readonly explanations: readonly Explanation[];
}

/** The destinations of a text, or what is wrong with it. */
function destinationsOf(text: string): IntervalSet | string {
  if (text === '') return '--to is missing: the address or the CIDR that packets go to';
  const parsed: { ok: boolean; value?: Address | Cidr; fault?: { message: string } } = text.includes('/')
    ? parseCidr(text)
    : parseAddress(text);
  if (!parsed.ok) return `--to ${parsed.fault!.message}`;
  const value = parsed.value!;
  return 'prefix' in value ? IntervalSet.ofCidr(value) : IntervalSet.fromRange(value, value);
}

/** The pod that packets come from, absent where nothing is said of it, or what is wrong with what is said. */
function podOf(from: string | undefined, namespace: string | undefined): Pod | undefined | string {
  if (from === undefined && namespace === undefined) return undefined;
  const labels = from === undefined ? {} : parseLabels(from);
  const outer = namespace === undefined ? {} : parseLabels(namespace);
  if (!labels) return `--from "${from}" is no list of labels; write KEY=VALUE, with commas between several`;
  if (!outer) return `--namespace "${namespace}" is no list of labels; write KEY=VALUE, with commas between several`;
  return { labels, namespace: outer };
}

function chosen(subjects: readonly Subject[], name: string | undefined): readonly Subject[] | string {
  if (subjects.length === 0) return 'nothing that is named says what happens to packets';
  if (name === undefined) return subjects;
  const found = subjects.filter(subject => subject.name === name);
  if (found.length > 0) return found;
  const names = subjects.map(subject => subject.name);
  const near = suggest(name, names);
  return `--cluster "${name}" is none of the clusters; ${near ? `did you mean "${near}"?` : `there are ${names.join(', ')}`}`;
}

function asText({ subject, explanations }: Answer, pod: Pod | undefined, color: boolean): string {
  const { bold, dim } = palette(color);
  const lines = [`${bold(subject.name)}: packets from ${podText(pod)}, by ${subject.as}`];
  for (const { to, decision, passed } of explanations) {
    lines.push('', `  to ${bold(termsText(to))}: ${bold(treatmentWord(decision.treatment))}`);
    lines.push(`    they leave with ${sourceText(decision.treatment)}`, `    decided by ${ruleText(decision)}`);
    for (const one of passed) lines.push(dim(`    not by ${ruleText(one.decision)}: it ${one.why}`));
  }
  return `${lines.join('\n')}\n`;
}

function asData({ subject, explanations }: Answer, pod: Pod | undefined): object {
  return {
    cluster: subject.name,
    as: subject.as,
    ...(pod && { pod }),
    explanations: explanations.map(({ to, decision, passed }) => ({
      to: to.cidrs().map(formatCidr),
      treatment: decision.treatment,
      decidedBy: ruleText(decision),
      passed: passed.map(one => ({ rule: ruleText(one.decision), why: one.why })),
    })),
  };
}
