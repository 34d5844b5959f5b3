import { App } from 'cdk8s';
import { expect, test } from 'vitest';
import { textFormatter } from '../../cli/format/text';
import { IntentChart } from '../../constructs';
import { renderChart } from '../../constructs/render';
import { checkFiles } from '../../core/check/check';
import { fences, read } from './documents';

const FENCES = fences(read('README.md'));
const [intent, rendered] = FENCES.filter(fence => fence.language === 'yaml').map(fence => fence.text);

test('the intent of the README is sound, and renders to what stands below it', () => {
  const { clusters, diagnostics } = checkFiles([{ file: 'intent.yaml', text: intent! }]);
  expect(diagnostics).toEqual([]);
  const [model] = clusters;
  const files = renderChart(new IntentChart(new App(), 'readme', { name: model!.name, model, diagnostics }));
  const configMap = files.get('20-configmap-ip-masq-agent.yaml');
  const [before, after] = rendered!.split(/^ *…\n/m);
  expect(configMap).toContain(before);
  expect(configMap?.endsWith(after!)).toBe(true);
});

test('the mistake that the README shows is told as it says', () => {
  const text = intent!.replace('      - 10.0.0.0/8\n', '      - 198.15.5.92/24\n');
  const { diagnostics } = checkFiles([{ file: 'intent.yaml', text }]);
  const report = {
    diagnostics,
    sources: new Map([['intent.yaml', text]]),
    files: [],
    suppressed: [],
    documents: 0,
    version: '',
  };
  const told = textFormatter.format(report, { color: false, quiet: true });
  expect(FENCES.map(fence => fence.text)).toContain(told);
});
