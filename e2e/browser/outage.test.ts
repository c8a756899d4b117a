import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { launchChromium } from './chromium.ts'
import { setStage, type Stage } from './stage.ts'
import { visit, type Visitor } from './visitor.ts'

let stage: Stage
let browser: Browser
let visitor: Visitor

beforeAll(async () => {
  ;[stage, browser] = await Promise.all([setStage(inject('signingKeys')), launchChromium()])
})
beforeEach(async () => {
  visitor = await visit(browser)
})
afterEach(async () => {
  stage.hanko.faults.clear()
  await visitor.leave()
})
afterAll(() => Promise.all([browser.close(), stage.close()]))

const loseDatabase = (): void => stage.hanko.faults.set('all', { kind: 'database', state: 'down' })

async function seesOutage(): Promise<void> {
  await visitor.page.locator('#outage').waitFor()
  expect(await visitor.page.locator('#outage').innerText()).toContain('Sign-in service unavailable, retrying')
}

/** Without a reload or a click: the page goes on asking by itself. */
async function seesEndOfOutage(): Promise<void> {
  await visitor.page.locator('#outage').waitFor({ state: 'hidden' })
}

describe('an outage of Hanko', () => {
  it.for(['trpcUrl', 'yogaUrl'] as const)('is not shown as signed out, and is over by itself (database down, %s)', async (demo) => {
    await visitor.open(stage[demo])
    await visitor.register(`ada.${demo}@example.com`)
    loseDatabase()
    expect(await visitor.call('me')).toEqual({ status: 503, text: expect.stringContaining('You are not signed out') })
    expect((await visitor.call('/api/me')).status).toBe(503)
    expect((await visitor.call('hello')).status).toBe(200)
    await seesOutage()
    await visitor.sees('in')
    stage.hanko.faults.clear()
    await seesEndOfOutage()
    await visitor.sees('in')
    expect((await visitor.call('me')).status).toBe(200)
  })

  it('that stops the whole server ends the same way', async () => {
    await visitor.open(stage.trpcUrl)
    await visitor.register('bob@example.com')
    await stage.stopHanko()
    expect((await visitor.call('me')).status).toBe(503)
    await seesOutage()
    await visitor.sees('in')
    await stage.startHanko()
    await seesEndOfOutage()
    expect(await visitor.call('me')).toEqual({ status: 200, text: expect.stringContaining('bob@example.com') })
  })

  it('while the page loads says that nobody can tell, and then who it is', async () => {
    await visitor.open(stage.trpcUrl)
    await visitor.register('carol@example.com')
    loseDatabase()
    await visitor.page.reload()
    await seesOutage()
    await visitor.sees('unknown')
    await visitor.page.getByText('Nobody can tell right now who is signed in.').waitFor()
    stage.hanko.faults.clear()
    await seesEndOfOutage()
    await visitor.page.getByText('carol@example.com').waitFor()
  })

  it.for([
    ['its database is down', loseDatabase, () => stage.hanko.faults.clear()],
    ['it is stopped', () => stage.stopHanko(), () => stage.startHanko()],
  ] as const)('keeps the user signed in who signs out meanwhile (%s)', async ([how, begin, end]) => {
    await visitor.open(stage.trpcUrl)
    await visitor.register(`${how.replaceAll(' ', '.')}@example.com`)
    await begin()
    await visitor.page.getByRole('button', { name: 'Sign out' }).click()
    await visitor.page.getByText('You could not be signed out').waitFor()
    await seesOutage()
    await visitor.sees('in')
    await end()
    await seesEndOfOutage()
    expect((await visitor.call('me')).status).toBe(200)
    await visitor.page.getByRole('button', { name: 'Sign out' }).click()
    await visitor.sees('out')
  })

  it.for([
    ['its database is down', loseDatabase, () => stage.hanko.faults.clear()],
    ['it is stopped', () => stage.stopHanko(), () => stage.startHanko()],
  ] as const)('freezes the form, which comes back (%s)', async ([how, begin, end]) => {
    await visitor.open(stage.trpcUrl)
    await visitor.fill('email', 'frozen@example.com')
    await begin()
    await visitor.submit()
    await seesOutage()
    await visitor.sees('out')
    await end()
    await seesEndOfOutage()
    await visitor.register(`${how.replaceAll(' ', '-')}.frozen@example.com`)
    expect((await visitor.call('me')).status).toBe(200)
  })

  it.for([
    ['its database is down', loseDatabase, () => stage.hanko.faults.clear()],
    ['it is stopped', () => stage.stopHanko(), () => stage.startHanko()],
  ] as const)('before the form was ever there lets it come afterwards (%s)', async ([, begin, end]) => {
    await begin()
    await visitor.open(stage.yogaUrl)
    await seesOutage()
    expect(await visitor.page.locator('hanko-auth').count()).toBe(0)
    await end()
    await seesEndOfOutage()
    await visitor.formShows('email')
  })

  it('that only the form meets is noticed, and the form comes back', async () => {
    stage.hanko.faults.set('login', { kind: 'status', status: 503, times: 1 })
    await visitor.open(stage.trpcUrl)
    await visitor.formShows('email')
    stage.hanko.faults.set('login', { kind: 'status', status: 503, times: 1 })
    await visitor.fill('email', 'erin@example.com')
    await visitor.submit()
    await expect.poll(() => stage.hanko.faults.active()).toEqual({ login: [] })
    await visitor.formShows('email')
  })
})
