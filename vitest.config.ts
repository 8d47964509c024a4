import { defineConfig } from 'vitest/config';

const BROWSER_TESTS = 'test/browser/**/*.test.ts';

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      { extends: true, test: { name: 'code', include: ['test/**/*.test.ts'], exclude: [BROWSER_TESTS] } },
      {
        extends: true,
        test: {
          name: 'page',
          include: [BROWSER_TESTS],
          globalSetup: 'test/support/buildSite.ts',
          // One browser at a time: each trains on all cores.
          fileParallelism: false,
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
});
