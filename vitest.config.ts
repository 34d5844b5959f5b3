import { defineConfig } from 'vitest/config';

// biome-ignore lint/style/noDefaultExport: vitest reads its configuration from the default export
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/cli/build.ts'],
    setupFiles: ['test/random.ts'],
    exclude: ['**/node_modules/**', '**/build/**'],
    // Most tests wait for programs that they start: on a machine with two cores one worker leaves one of them idle.
    maxWorkers: 2,
    testTimeout: 120_000 * Math.max(1, Number(process.env.MASQ_RANDOM ?? 0)),
    hookTimeout: 120_000,
  },
});
