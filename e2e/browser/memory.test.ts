import { describe, expect, vi } from 'vitest'
import { it } from './scene.ts'
import { endSessions } from './stage.ts'
import type { Visitor } from './visitor.ts'

describe.concurrent('a session that the demos remember', () => {
  it.for(['trpcUrl', 'yogaUrl'] as const)(
    'is served from memory, and says how long that took (%s)',
    async (demo, { stageWith, visitor }) => {
      const stage = await stageWith('30s')
      await visitor.bring((await stage.hanko.signIn({ email: 'ada@example.com' })).token)
      await visitor.open(stage[demo])
      await visitor.sees('in')
      await seesDecision(visitor, 'authenticated')
      const { calls, ...counters } = await readCounters(visitor)
      expect(counters).toEqual({ sessions: '1', keys: '1', inFlight: '0', breaker: 'closed', memory: '30s' })

      for (const operation of ['me', 'notes']) {
        expect((await visitor.call(operation)).status).toBe(200)
        const row = await seesDecision(visitor, 'authenticated', 'memory')
        // How long that took is for the bench: here it may be a busy machine's milliseconds.
        expect(row).toMatch(/^authenticated by cookie memory \d+(\.\d)? s old [\d.]+ [µm]s \d\d:\d\d:\d\d$/)
      }
      expect((await readCounters(visitor)).calls).toBe(calls)

      await visitor.page.context().clearCookies()
      expect((await visitor.call('me')).status).toBe(401)
      expect(await seesDecision(visitor, 'unauthenticated', 'request')).toContain('no_token request nobody asked')
    },
  )

  it('is refused within the bound, once it was ended through the admin API', async ({ stageWith, visitor }) => {
    const stage = await stageWith('1s')
    const { token, userId } = await stage.hanko.signIn({ email: 'dave@example.com' })
    await visitor.bring(token)
    await visitor.open(stage.trpcUrl)
    await visitor.sees('in')
    expect((await visitor.call('me')).status).toBe(200)
    await endSessions(stage, userId)
    // Hanko is asked again within a second; how long a slow machine takes for that is another matter.
    const status = async (): Promise<number> => (await visitor.call('me')).status
    await vi.waitFor(async () => expect(await status()).toBe(401), { timeout: 15_000, interval: 100 })
    await visitor.sees('out')
    expect((await visitor.call('/api/me')).status).toBe(401)
  })
})

/** The newest row, once it is one of these. */
async function seesDecision({ page }: Visitor, outcome: string, source?: string): Promise<string> {
  const row = page.locator('#decisions tr').first()
  await row.and(page.locator(source === undefined ? '[data-source]' : `[data-source=${source}]`)).waitFor()
  await row.locator('.decision-outcome', { hasText: outcome }).waitFor()
  return (await row.innerText()).replaceAll(/\s+/g, ' ').trim()
}

async function readCounters({ page }: Visitor): Promise<Record<string, string>> {
  return page.evaluate(() =>
    Object.fromEntries(
      [...document.querySelectorAll<HTMLElement>('[data-counter]')].map((counter) => [
        counter.dataset['counter'] ?? '',
        counter.textContent,
      ]),
    ),
  )
}
