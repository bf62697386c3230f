import { defineConfig } from 'vitest/config'

/** One runner for every package: tests sit beside the code and import the sources, so only WebAssembly needs a build. */
export default defineConfig({
  resolve: { conditions: ['@onebit/source'] },
  ssr: { resolve: { conditions: ['@onebit/source', 'node', 'import', 'module', 'default'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'packages/*/test/**/*.test.ts', 'test/**/*.test.ts', 'examples/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    coverage: { include: ['packages/*/src/**/*.ts'], exclude: ['**/*.test.ts'], reporter: ['text-summary', 'html'] },
  },
})
