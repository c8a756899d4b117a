import { describe, expect } from 'vitest'
import { it } from './scene.ts'
import { createAccount, endSessions } from './stage.ts'
import { PASSWORD } from './visitor.ts'

describe.concurrent('a session in the browser', () => {
  it('begins with an account at one demo, counts at both, and ends for both', async ({ stage, visitor }) => {
    const { page } = visitor
    await visitor.open(stage.trpcUrl)
    expect(await visitor.call('me')).toMatchObject({ status: 401 })
    expect(await visitor.call('hello')).toMatchObject({ status: 200 })

    await visitor.register('ada@example.com')
    await page.getByText('ada@example.com').waitFor()
    expect(await page.locator('hanko-auth').count()).toBe(0)
    for (const operation of ['me', '/api/me']) {
      expect(await visitor.call(operation)).toEqual({ status: 200, text: expect.stringContaining('"ada@example.com"') })
    }

    await page.getByRole('link', { name: 'GraphQL', exact: true }).click()
    await page.waitForURL(`${stage.yogaUrl}/`)
    await visitor.sees('in')
    for (const operation of ['me', '/api/me']) {
      expect(await visitor.call(operation)).toEqual({ status: 200, text: expect.stringContaining('"ada@example.com"') })
    }

    await page.getByRole('button', { name: 'Sign out' }).click()
    await visitor.sees('out')
    await visitor.formShows('email')
    expect(await visitor.call('me')).toEqual({ status: 401, text: expect.stringContaining('Sign in to use this.') })
    await visitor.open(stage.trpcUrl)
    await visitor.sees('out')
    expect(await visitor.call('me')).toMatchObject({ status: 401 })
  })

  it('begins again with the password, and survives a reload', async ({ stage, visitor }) => {
    await createAccount(stage, 'bob@example.com')
    await visitor.open(stage.yogaUrl)
    await visitor.signIn('bob@example.com')
    await visitor.sees('in')
    await visitor.page.reload()
    await visitor.sees('in')
    expect(await visitor.page.locator('hanko-auth').count()).toBe(0)
    expect((await visitor.call('me')).text).toContain('bob@example.com')
  })

  it('does not begin with a wrong password, and says so', async ({ stage, visitor }) => {
    await createAccount(stage, 'carol@example.com')
    await visitor.open(stage.trpcUrl)
    await visitor.signIn('carol@example.com', 'not the password')
    const error = visitor.page.locator('hanko-auth [part~=error]:not([hidden]) [part~=error-text]')
    await error.waitFor()
    expect(await error.innerText()).toBe('The entered value is invalid.')
    await visitor.sees('out')
    expect((await visitor.call('me')).status).toBe(401)
    await visitor.fill('password', PASSWORD)
    await visitor.submit()
    await visitor.sees('in')
  })

  it('that was ended through the admin API is refused on the next call, and the form comes back', async ({
    stage,
    visitor,
  }) => {
    await visitor.open(stage.trpcUrl)
    await visitor.register('dave@example.com')
    const { text } = await visitor.call('/api/me')
    const { id } = JSON.parse(text) as { id: string }
    await endSessions(stage, id)
    expect(await visitor.call('me')).toEqual({ status: 401, text: expect.stringContaining('The session has ended.') })
    await visitor.sees('out')
    await visitor.formShows('email')
  })

  it('has notes of its own at each demo', async ({ stage, visitor }) => {
    await visitor.open(stage.trpcUrl)
    await visitor.register('erin@example.com')
    for (const url of [stage.trpcUrl, stage.yogaUrl]) {
      await visitor.open(url)
      await visitor.page.getByPlaceholder('Text of the note').fill('Buy <b>oat</b> milk')
      expect((await visitor.call('addNote')).status).toBe(200)
      expect((await visitor.call('notes')).text.match(/Buy <b>oat<\/b> milk/g)).toHaveLength(1)
    }
  })
})
