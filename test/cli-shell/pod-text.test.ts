import { expect, test } from 'vitest';
import { podText } from '../../cli/ask/words';

test.each([
  [undefined, 'a pod that no egress policy selects'],
  [{ labels: {}, namespace: {} }, 'a pod without labels'],
  [{ labels: {}, namespace: { team: 't0' } }, 'a pod in a namespace labelled {team: t0}'],
  [{ labels: { app: 'web' }, namespace: {} }, 'a pod labelled {app: web}'],
  [
    { labels: { app: 'web' }, namespace: { team: 't0' } },
    'a pod labelled {app: web} in a namespace labelled {team: t0}',
  ],
])('%j is told with the labels that it has', (pod, text) => {
  expect(podText(pod)).toBe(text);
});
