import { describe, expect } from 'vitest'
import { it } from './scene.ts'
import type { Stage } from './stage.ts'
import type { Visitor } from './visitor.ts'

const EMAIL = 'ada@example.com'

interface Outage {
  readonly how: string
  begin(stage: Stage): void | Promise<void>
  end(stage: Stage): void | Promise<void>
}

const DATABASE_DOWN: Outage = {
  how: 'its database is down',
  begin: ({ hanko }) => hanko.faults.set('all', { kind: 'database', state: 'down' }),
  end: ({ hanko }) => hanko.faults.clear(),
}
const STOPPED: Outage = {
  how: 'it is stopped',
  begin: (stage) => stage.stopHanko(),
  end: (stage) => stage.startHanko(),
}
const OUTAGES = [DATABASE_DOWN, STOPPED]

describe.concurrent('an outage of Hanko', () => {
  it.for([
    { demo: 'trpcUrl', ...DATABASE_DOWN },
    { demo: 'yogaUrl', ...DATABASE_DOWN },
    { demo: 'trpcUrl', ...STOPPED },
  ] as const)('is not shown as signed out, and is over by itself ($demo, $how)', async (outage, { stage, visitor }) => {
    await comeSignedIn(stage, visitor, stage[outage.demo])
    await outage.begin(stage)
    expect(await visitor.call('me')).toEqual({ status: 503, text: expect.stringContaining('You are not signed out') })
    expect((await visitor.call('/api/me')).status).toBe(503)
    expect((await visitor.call('hello')).status).toBe(200)
    await seesOutage(visitor)
    await visitor.sees('in')
    await outage.end(stage)
    await seesEndOfOutage(visitor)
    await visitor.sees('in')
    expect(await visitor.call('me')).toEqual({ status: 200, text: expect.stringContaining(EMAIL) })
  })

  it('while the page loads says that nobody can tell, and then who it is', async ({ stage, visitor }) => {
    await comeSignedIn(stage, visitor, stage.trpcUrl)
    await DATABASE_DOWN.begin(stage)
    await visitor.page.reload()
    await seesOutage(visitor)
    await visitor.sees('unknown')
    await visitor.page.getByText('Nobody can tell right now who is signed in.').waitFor()
    await DATABASE_DOWN.end(stage)
    await seesEndOfOutage(visitor)
    await visitor.page.getByText(EMAIL).waitFor()
  })

  it.for(OUTAGES)('keeps the user signed in who signs out meanwhile ($how)', async (outage, { stage, visitor }) => {
    await comeSignedIn(stage, visitor, stage.trpcUrl)
    await outage.begin(stage)
    await visitor.page.getByRole('button', { name: 'Sign out' }).click()
    await visitor.page.getByText('You could not be signed out').waitFor()
    await seesOutage(visitor)
    await visitor.sees('in')
    await outage.end(stage)
    await seesEndOfOutage(visitor)
    expect((await visitor.call('me')).status).toBe(200)
    await visitor.page.getByRole('button', { name: 'Sign out' }).click()
    await visitor.sees('out')
  })

  it.for(OUTAGES)('freezes the form, which comes back ($how)', async (outage, { stage, visitor }) => {
    await visitor.open(stage.trpcUrl)
    await visitor.fill('email', 'frozen@example.com')
    await outage.begin(stage)
    await visitor.submit()
    await seesOutage(visitor)
    await visitor.sees('out')
    await outage.end(stage)
    await seesEndOfOutage(visitor)
    await visitor.fill('email', 'thawed@example.com')
    await visitor.submit()
    await visitor.formShows('password')
  })

  it.for(OUTAGES)(
    'before the form was ever there lets it come afterwards ($how)',
    async (outage, { stage, visitor }) => {
      await outage.begin(stage)
      await visitor.open(stage.yogaUrl)
      await seesOutage(visitor)
      expect(await visitor.page.locator('hanko-auth').count()).toBe(0)
      await outage.end(stage)
      await seesEndOfOutage(visitor)
      await visitor.formShows('email')
    },
  )

  it('that only the form meets is noticed, and the form comes back', async ({ stage, visitor }) => {
    const { faults } = stage.hanko
    faults.set('login', { kind: 'status', status: 503, times: 1 })
    await visitor.open(stage.trpcUrl)
    await visitor.fill('email', 'erin@example.com')
    faults.set('login', { kind: 'status', status: 503, times: 1 })
    await Promise.all([visitor.page.waitForResponse((response) => response.status() === 503), visitor.submit()])
    await visitor.fill('email', 'erin@example.com')
    await visitor.submit()
    await visitor.formShows('password')
  })
})

/** With a session that began elsewhere: an account and its forms are another test's matter. */
async function comeSignedIn({ hanko }: Stage, visitor: Visitor, url: string): Promise<void> {
  await visitor.bring((await hanko.signIn({ email: EMAIL })).token)
  await visitor.open(url)
  await visitor.sees('in')
}

async function seesOutage({ page }: Visitor): Promise<void> {
  await page.locator('#outage').waitFor()
  expect(await page.locator('#outage').innerText()).toContain('Sign-in service unavailable, retrying')
}

/** Without a reload or a click: the page goes on asking by itself. */
async function seesEndOfOutage({ page }: Visitor): Promise<void> {
  await page.locator('#outage').waitFor({ state: 'hidden' })
}
