import { describe, expect, vi } from 'vitest'
import { it } from './scene.ts'
import { createAccount, endSessions, type Stage } from './stage.ts'
import type { Visitor } from './visitor.ts'

const pillOf = ({ page }: Visitor, operation: string) => page.locator(`[data-operation="${operation}"] .pill`)
const buttonOf = ({ page }: Visitor, operation: string) => page.locator(`[data-operation="${operation}"] button`)

/** Signed in, but by nobody's own hand: a session of the admin API meets no `maxAge`. */
async function comeWithOldSession(stage: Stage, visitor: Visitor, email: string): Promise<void> {
  await createAccount(stage, email)
  await visitor.bring((await stage.hanko.signIn({ email, amr: [] })).token)
  await visitor.open(stage.trpcUrl)
  await visitor.sees('in')
}

async function addNote(visitor: Visitor, text: string): Promise<void> {
  await visitor.page.getByPlaceholder('Text of the note').fill(text)
  expect((await visitor.call('addNote')).status).toBe(200)
}

describe.concurrent('the tRPC demo and its client', { timeout: 60_000 }, () => {
  it('asks for a new sign-in before it deletes everything, and goes on by itself', async ({ stage, visitor }) => {
    await comeWithOldSession(stage, visitor, 'grace@example.com')
    await addNote(visitor, 'one')
    await addNote(visitor, 'two')
    await buttonOf(visitor, 'deleteAllNotes').click()
    const dialog = visitor.page.getByRole('dialog', { name: 'Sign in again' })
    await dialog.getByText('within the last 30 seconds').waitFor()
    await visitor.signIn('grace@example.com')
    await dialog.waitFor({ state: 'hidden' })
    await pillOf(visitor, 'deleteAllNotes').and(visitor.page.locator('[data-status="200"]')).waitFor()
    expect(await visitor.page.locator('[data-operation="deleteAllNotes"] pre').innerText()).toContain('"deleted": 2')
    expect((await visitor.call('notes')).text).toBe('[]')
    await visitor.sees('in')
  })

  it('deletes nothing when the user does not sign in', async ({ stage, visitor }) => {
    await comeWithOldSession(stage, visitor, 'grace@example.com')
    await addNote(visitor, 'one')
    for (const leave of [
      () => visitor.page.getByRole('button', { name: 'Cancel' }).click(),
      () => visitor.page.keyboard.press('Escape'),
    ]) {
      await buttonOf(visitor, 'deleteAllNotes').click()
      await visitor.page.getByRole('dialog').waitFor()
      await leave()
      await visitor.page.getByRole('dialog').waitFor({ state: 'hidden' })
      await pillOf(visitor, 'deleteAllNotes').and(visitor.page.locator('[data-status="403"]')).waitFor()
    }
    expect((await visitor.call('notes')).text).toContain('"one"')
  })

  it('deletes nothing of another user who signs in instead', async ({ stage, visitor }) => {
    await createAccount(stage, 'bob@example.com')
    await visitor.bring((await stage.hanko.signIn({ email: 'bob@example.com' })).token)
    await visitor.open(stage.trpcUrl)
    await visitor.sees('in')
    await addNote(visitor, 'of Bob')
    await comeWithOldSession(stage, visitor, 'grace@example.com')
    await buttonOf(visitor, 'deleteAllNotes').click()
    await visitor.signIn('bob@example.com')
    await pillOf(visitor, 'deleteAllNotes').and(visitor.page.locator('[data-status="403"]')).waitFor()
    await visitor.page.getByText('bob@example.com').waitFor()
    expect((await visitor.call('notes')).text).toContain('of Bob')
  })

  it('shows everybody’s notes to an admin alone', async ({ stage, visitor }) => {
    for (const [email, status] of [
      ['bob@example.com', 403],
      ['ada@example.com', 200],
    ] as const) {
      await visitor.bring((await stage.hanko.signIn({ email })).token)
      await visitor.open(stage.trpcUrl)
      await visitor.sees('in')
      await addNote(visitor, `of ${email}`)
      expect((await visitor.call('allNotes')).status).toBe(status)
    }
    expect((await visitor.call('allNotes')).text).toContain('of bob@example.com')
  })

  it('has a feed that ends when the session is ended elsewhere, and can be opened again', async ({
    stageWith,
    visitor,
  }) => {
    const stage = await stageWith('1s')
    const { userId } = await arrive(stage, visitor)
    await buttonOf(visitor, 'feed').click()
    await pillOf(visitor, 'feed')
      .getByText(/live · [2-9] events/)
      .waitFor()
    await visitor.page.getByRole('button', { name: 'End this session elsewhere' }).click()
    await seesEndOfFeed(visitor)
    await visitor.sees('out')

    await visitor.bring((await stage.hanko.signIn({ userId })).token)
    await visitor.page.reload()
    await visitor.sees('in')
    await buttonOf(visitor, 'feed').click()
    await pillOf(visitor, 'feed').getByText('live').waitFor()
    await endSessions(stage, userId)
    await seesEndOfFeed(visitor)
  })

  it('closes the feed when it is told to', async ({ stage, visitor }) => {
    await arrive(stage, visitor)
    await buttonOf(visitor, 'feed').click()
    await pillOf(visitor, 'feed').getByText('live').waitFor()
    await buttonOf(visitor, 'feed').click()
    await pillOf(visitor, 'feed').getByText('closed').waitFor()
    await visitor.sees('in')
  })

  it('offers no feed to who is signed out', async ({ stage, visitor }) => {
    await visitor.open(stage.trpcUrl)
    await buttonOf(visitor, 'feed').click()
    await pillOf(visitor, 'feed').and(visitor.page.locator('[data-status="401"]')).waitFor()
    await visitor.page.getByText('Sign in to use this.').waitFor()
  })
})

async function arrive(stage: Stage, visitor: Visitor): Promise<{ userId: string }> {
  const { token, userId } = await stage.hanko.signIn({ email: 'ada@example.com' })
  await visitor.bring(token)
  await visitor.open(stage.trpcUrl)
  await visitor.sees('in')
  return { userId }
}

async function seesEndOfFeed(visitor: Visitor): Promise<void> {
  await pillOf(visitor, 'feed').and(visitor.page.locator('[data-status="401"]')).waitFor()
  const text = await visitor.page.locator('[data-operation="feed"] pre').innerText()
  expect(text.split('\n')[0]).toContain('The feed has ended. The session has ended. Sign in again.')
  // And nothing more comes.
  await vi.waitFor(async () => expect(await buttonOf(visitor, 'feed').innerText()).toBe('Open'))
}
