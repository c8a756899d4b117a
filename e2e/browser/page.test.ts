import { fileURLToPath } from 'node:url'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import { it } from './scene.ts'
import type { Stage } from './stage.ts'
import { visit, type Visitor } from './visitor.ts'

const SCREENS: Record<string, BrowserContextOptions> = {
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  desktop: { viewport: { width: 1280, height: 900 } },
}
const FOLDER = fileURLToPath(new URL('../../artifacts/screenshots/', import.meta.url))

describe.concurrent('the page', () => {
  it.for([
    { screen: 'phone', demo: 'trpc' },
    { screen: 'phone', demo: 'yoga' },
    { screen: 'desktop', demo: 'trpc' },
    { screen: 'desktop', demo: 'yoga' },
  ] as const)(
    'has its picture taken ($demo, $screen)',
    { timeout: 60_000 },
    async ({ screen, demo }, { browser, stage, stageWith }) => {
      const remembering = await stageWith('30s')
      const urlOf = ({ trpcUrl, yogaUrl }: Stage): string => (demo === 'trpc' ? trpcUrl : yogaUrl)
      const visitor = await visit(browser, SCREENS[screen])
      const take = (state: string): Promise<void> => takePictures(visitor.page, `${demo}-${screen}-${state}`)
      await visitor.open(urlOf(remembering))
      await visitor.formShows('email')
      await visitor.call('hello')
      await visitor.call('me')
      await take('signed-out')

      await visitor.bring((await remembering.hanko.signIn({ email: 'ada.lovelace@example.com' })).token)
      await visitor.page.reload()
      await visitor.sees('in')
      for (const operation of ['hello', 'me', '/api/me']) await visitor.call(operation)
      await visitor.page.getByPlaceholder('Text of the note').fill('Buy oat milk')
      for (const operation of ['addNote', 'notes']) await visitor.call(operation)
      await visitor.page.locator('#decisions [data-source=memory]').nth(3).waitFor()
      await take('signed-in')

      await visitor.bring((await stage.hanko.signIn({ email: 'ada.lovelace@example.com' })).token)
      await visitor.open(urlOf(stage))
      await visitor.sees('in')
      for (const operation of ['hello', 'me']) await visitor.call(operation)
      stage.hanko.faults.set('all', { kind: 'database', state: 'down' })
      await visitor.call('me')
      await visitor.page.locator('#outage').waitFor()
      await take('outage')
      stage.hanko.faults.clear()
      await visitor.leave()
    },
  )

  it.for(['phone', 'desktop'] as const)(
    'has its picture taken with a feed and a step-up (%s)',
    { timeout: 60_000 },
    async (screen, { browser, stageWith }) => {
      const visitor = await visit(browser, SCREENS[screen])
      const take = (state: string): Promise<void> => takePictures(visitor.page, `trpc-${screen}-${state}`)
      await takeFeedAndStepUp(await stageWith('1s'), visitor, take)
      await visitor.leave()
    },
  )

  it('fits a small phone, and nothing on it moves while it loads', async ({ browser, stage }) => {
    const visitor = await visit(browser, { ...SCREENS['phone'], viewport: { width: 360, height: 740 } })
    await visitor.page.addInitScript(() => {
      const shifts: number[] = []
      Object.assign(globalThis, { shifts })
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) shifts.push((entry as PerformanceEntry & { value: number }).value)
      }).observe({ type: 'layout-shift', buffered: true })
    })
    for (const url of [stage.trpcUrl, stage.yogaUrl]) {
      await visitor.open(url)
      await visitor.formShows('email')
      const overflow = await visitor.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      const shifts = await visitor.page.evaluate(() => (globalThis as unknown as { shifts: number[] }).shifts)
      expect({ overflow, shifts }).toEqual({ overflow: 0, shifts: [] })
    }
    await visitor.leave()
  })

  it('keeps to its content security policy, and the form is styled', async ({ stage, visitor }) => {
    await visitor.open(stage.trpcUrl)
    await visitor.formShows('email')
    expect(visitor.console.filter((line) => line.includes('Content Security Policy'))).toEqual([])
    const button = visitor.page.locator('hanko-auth button[part~=primary-button]')
    expect(await button.evaluate((element) => getComputedStyle(element).backgroundColor)).toBe('rgb(31, 111, 235)')
  })

  it('shows where the keyboard is, in the form too', async ({ stage, visitor }) => {
    await visitor.open(stage.trpcUrl)
    await visitor.formShows('email')
    for (const target of ['hanko-auth button[part~=primary-button]', '[data-operation="hello"] button']) {
      const element = visitor.page.locator(target)
      await visitor.page.keyboard.press('Tab') // what is focused from here on, is by the keyboard
      await element.focus()
      expect(await element.evaluate((focused) => getComputedStyle(focused).outlineStyle)).toBe('solid')
    }
  })

  it('notices at once that somebody signed out at the other demo, when it is looked at again', async ({
    stage,
    visitor,
  }) => {
    await visitor.bring((await stage.hanko.signIn()).token)
    await visitor.open(stage.trpcUrl)
    await visitor.sees('in')
    await visitor.page.context().clearCookies()
    await visitor.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
    await visitor.sees('out')
  })
})

async function takeFeedAndStepUp(
  stage: Stage,
  visitor: Visitor,
  take: (state: string) => Promise<void>,
): Promise<void> {
  // A session that nobody signed in to: it meets no `maxAge`.
  await visitor.bring((await stage.hanko.signIn({ email: 'ada.lovelace@example.com', amr: [] })).token)
  await visitor.open(stage.trpcUrl)
  await visitor.sees('in')
  await visitor.page.locator('[data-operation="feed"] button').click()
  await visitor.page
    .locator('[data-operation="feed"]')
    .getByText(/live · [4-9] events/)
    .waitFor()
  await visitor.page.locator('[data-operation="deleteAllNotes"] button').click()
  await visitor.formShows('email')
  await take('step-up')
  await visitor.page.keyboard.press('Escape')
  await visitor.page.locator('[data-operation="deleteAllNotes"] [data-status="403"]').waitFor()
  await visitor.call('allNotes')
  await visitor.page.getByRole('button', { name: 'End this session elsewhere' }).click()
  await visitor.page.locator('[data-operation="feed"] [data-status="401"]').waitFor()
  await visitor.sees('out')
  await visitor.formShows('email')
  await take('feed-ended')
}

async function takePictures(page: Page, name: string): Promise<void> {
  await page.evaluate(() => scrollTo(0, 0))
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    // The form fades from one scheme to the other.
    await page.evaluate(async () => {
      const { shadowRoot } = document.querySelector('hanko-auth') ?? {}
      for (const animation of shadowRoot?.getAnimations() ?? []) await animation.finished.catch(() => {})
    })
    await page.screenshot({ path: `${FOLDER}${name}-${colorScheme}.png`, fullPage: !/outage|step-up/.test(name) })
  }
}
