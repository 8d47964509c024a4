import { defineConfig } from 'vitest/config';

export default defineConfig({
  publicDir: 'shared/assets',
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
