import type { Reporter, SerializedError, TestModule } from 'vitest/node'

/**
 * Prints `N passed, N failed` alone as the last line of standard output, over all projects.
 * Whatever makes a run red counts as failed: tests, modules that do not load, hooks, unhandled errors, type errors.
 */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    let passed = 0
    let failed = unhandled.length
    let skipped = 0
    for (const module of modules) {
      failed += module.errors().length
      for (const suite of module.children.allSuites()) failed += suite.errors().length
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'passed') passed++
        else if (state === 'skipped') skipped++
        else failed++
      }
    }
    const note = skipped > 0 ? `${skipped} skipped\n` : ''
    // After every other reporter has written. A red run without a culprit (a global setup, no test found) failed too.
    process.once('exit', (code) => {
      process.stdout.write(`${note}${passed} passed, ${code === 0 ? failed : Math.max(failed, 1)} failed\n`)
    })
  }
}
