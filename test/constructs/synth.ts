import type { App } from 'cdk8s';
import { expect } from 'vitest';

/** The lines of the error that an app's synth throws, places without their column; none when it throws nothing. */
export function errorsOf(app: Pick<App, 'synth'>): string[] {
  try {
    app.synth();
  } catch (fault) {
    const [first, ...lines] = (fault as Error).message.split('\n');
    expect(first).toBe('Validation failed with the following errors:');
    return lines.map(line => line.trim().replace(/(\.(?:test\.ts|yaml):\d+):\d+/g, '$1'));
  }
  return [];
}
