// Pictures for people to look at, in artifacts/screenshots: `npx -y pnpm@12 pictures`. They assert nothing, so they are no
// part of `test`.
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { describe } from 'vitest'
import { it } from './scene.ts'
import { DESKTOP, PHONE } from './screens.ts'
import type { Stage } from './stage.ts'
import { visit, type Visitor } from './visitor.ts'

const SCREENS = { phone: PHONE, desktop: DESKTOP }
const FOLDER = fileURLToPath(new URL('../../artifacts/screenshots/', import.meta.url))

describe('the page', () => {
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

  it.for([
    { screen: 'phone', demo: 'trpc' },
    { screen: 'desktop', demo: 'yoga' },
  ] as const)(
    'has its picture taken with a feed and a step-up ($demo, $screen)',
    { timeout: 60_000 },
    async ({ screen, demo }, { browser, stageWith }) => {
      const visitor = await visit(browser, SCREENS[screen])
      const take = (state: string): Promise<void> => takePictures(visitor.page, `${demo}-${screen}-${state}`)
      await takeFeedAndStepUp(await stageWith('1s'), `${demo}Url`, visitor, take)
      await visitor.leave()
    },
  )
})

async function takeFeedAndStepUp(
  stage: Stage,
  demo: 'trpcUrl' | 'yogaUrl',
  visitor: Visitor,
  take: (state: string) => Promise<void>,
): Promise<void> {
  // A session that nobody signed in to: it meets no `maxAge`.
  await visitor.bring((await stage.hanko.signIn({ email: 'ada.lovelace@example.com', amr: [] })).token)
  await visitor.open(stage[demo])
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
