// oxlint-disable eslint/no-empty-pattern -- vitest reads off the pattern what else a fixture needs
import { inspect } from 'node:util'
import type { Browser } from 'playwright-core'
import { inject, test, vi } from 'vitest'
import { launchChromium } from './chromium.ts'
import { setStage, type Stage } from './stage.ts'
import { expectNoToken, visit, type Visitor } from './visitor.ts'

interface Scene {
  /** What the demos wrote to their log, in all tests of the file: it is checked for tokens at the end. */
  log: string[]
  browser: Browser
  /** Each test has a Hanko and demos of its own, so that tests can run side by side. */
  stage: Stage
  /** The same, with demos that remember sessions. */
  stageWith: (maxStaleness: string) => Promise<Stage>
  visitor: Visitor
}

/** `it`, with what the test asks for by name. */
export const it = test.extend<Scene>({
  log: [
    async ({}, use) => {
      const lines: string[] = []
      const record = (...values: unknown[]): void => void lines.push(inspect(values, { depth: 9 }))
      for (const level of ['log', 'warn', 'error'] as const) vi.spyOn(console, level).mockImplementation(record)
      await use(lines)
      vi.restoreAllMocks()
      expectNoToken(lines)
    },
    { scope: 'file', auto: true },
  ],
  browser: [
    async ({}, use) => {
      const browser = await launchChromium()
      await use(browser)
      await browser.close()
    },
    { scope: 'file' },
  ],
  stage: async ({}, use) => {
    const stage = await setStage(inject('signingKeys'))
    await use(stage)
    await stage.close()
  },
  stageWith: async ({}, use) => {
    const stages: Stage[] = []
    await use(async (maxStaleness) => {
      const stage = await setStage(inject('signingKeys'), maxStaleness)
      stages.push(stage)
      return stage
    })
    await Promise.all(stages.map((stage) => stage.close()))
  },
  visitor: async ({ browser }, use) => {
    const visitor = await visit(browser)
    await use(visitor)
    await visitor.leave()
  },
})
