import { defineConfig } from 'vitest/config';

// biome-ignore lint/style/noDefaultExport: vitest reads its configuration from the default export
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/cli/build.ts'],
    exclude: ['**/node_modules/**', '**/build/**'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
