import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, vi } from 'vitest'
import { startFleet } from '../../scripts/support/start-fleet.ts'
import { it } from './scene.ts'

const BOUND = 3_000
const SERVERS = ['Server A', 'Server B', 'Server C']
const running: { close(): Promise<void> }[] = []
let url: string

beforeAll(async () => {
  vi.spyOn(console, 'log').mockReturnValue()
  const demo = await startFleet(running, { port: 0, bound: BOUND, keys: inject('signingKeys').slice(0, 1) })
  url = demo.url
})
afterAll(() => Promise.all(running.map((server) => server.close())))

describe('the demo of a fleet', () => {
  it('signs out at all servers at once; without Redis, within the bound', async ({ visitor: { page } }) => {
    await page.goto(url)
    await signIn(page)
    await signOutAt(page, 'Server B')
    const lags = await readLags(page)
    // How soon is a matter of the machine, and measured elsewhere: here, sooner than by asking Hanko again.
    for (const lag of lags) expect(lag).toBeLessThan(BOUND / 2)
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
      for (const [screen, width] of [
        ['phone', 390],
        ['desktop', 1280],
      ] as const) {
        await page.setViewportSize({ width, height: 900 })
        const path = `../../artifacts/screenshots/fleet-${screen}-signed-out-${scheme}.png`
        await page.screenshot({ path: fileURLToPath(new URL(path, import.meta.url)), fullPage: true })
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0)
      }
    }

    await page.getByRole('button', { name: 'Stop Redis' }).click()
    await page.getByText('Each server goes on alone').waitFor()
    await signIn(page)
    await signOutAt(page, 'Server A')
    const [first = Infinity, ...others] = await readLags(page)
    expect(first).toBeLessThan(Math.min(...others))
  })
})

async function signIn(page: Page): Promise<void> {
  await page.locator('#sign-in:enabled').click()
  for (const name of SERVERS) await page.locator(`[data-server="${name}"][data-answer=in]`).waitFor()
}

async function signOutAt(page: Page, name: string): Promise<void> {
  await page.locator(`[data-server="${name}"] button:enabled`).click()
  for (const each of SERVERS) await page.locator(`[data-server="${each}"][data-answer=out]`).waitFor()
}

async function readLags(page: Page): Promise<number[]> {
  const texts = await page.locator('.server-lag strong').allInnerTexts()
  return texts.map((text) => Number(text.replace(' ms', '').replace(',', '')))
}
