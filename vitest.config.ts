import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** Packages are tested from source: the condition that package.json `exports` map to src. */
const source = '@hanko-session/source'

export default defineConfig({
  resolve: { conditions: [source, 'module', 'node'] },
  // `import` is not among them: a CommonJS dependency would get the ES modules of its own dependencies.
  ssr: { resolve: { conditions: [source, 'module', 'node'], externalConditions: [source, 'node', 'module-sync'] } },
  test: {
    reporters: ['default', './e2e/support/closing-line-reporter.ts'],
    globalSetup: ['./e2e/support/signing-keys.ts'],
    // On two cores vitest would start one worker, and the tests mostly wait for sockets and browsers.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // RSA-4096 in two cores' worth of workers: a slow machine is no reason for a red test.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'packages',
          include: ['packages/*/src/**/*.test.ts'],
          typecheck: { enabled: true, include: ['packages/*/src/**/*.test-d.ts'], tsconfig: './tsconfig.json' },
        },
      },
      { extends: true, test: { name: 'apps', include: ['apps/*/src/**/*.test.ts'] } },
      { extends: true, test: { name: 'contract', include: ['e2e/contract/**/*.test.ts'] } },
      { extends: true, test: { name: 'corpus', include: ['e2e/corpus/**/*.test.ts'] } },
      { extends: true, test: { name: 'conformance', include: ['e2e/conformance/**/*.test.ts'] } },
      { extends: true, test: { name: 'clients', include: ['e2e/clients/**/*.test.ts'] } },
      { extends: true, test: { name: 'model', include: ['e2e/model/**/*.test.ts'] } },
      { extends: true, test: { name: 'fleet', include: ['e2e/fleet/**/*.test.ts'] } },
      // One file at a time, for each keeps two cores busy; not part of `test`, which stays under three minutes.
      {
        extends: true,
        test: { name: 'browser', include: ['e2e/browser/**/*.test.ts'], fileParallelism: false, testTimeout: 90_000 },
      },
      ...(process.env['PICTURES'] === undefined
        ? []
        : [{ extends: true as const, test: { name: 'pictures', include: ['e2e/browser/**/*.pictures.ts'] } }]),
    ],
  },
})
