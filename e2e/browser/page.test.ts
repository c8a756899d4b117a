import { describe, expect } from 'vitest'
import { it } from './scene.ts'
import { PHONE } from './screens.ts'
import { visit } from './visitor.ts'

describe.concurrent('the page', () => {
  it('fits a small phone, and nothing on it moves while it loads', async ({ browser, stage }) => {
    const visitor = await visit(browser, { ...PHONE, viewport: { width: 360, height: 740 } })
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
