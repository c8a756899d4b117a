import { describe, expect, inject, it } from 'vitest'
import { createHankoEmulator } from '../../testing.ts'
import type { HankoEmulator, WebhookOptions } from '../../testing.ts'

interface Seen {
  event: string
  data: Record<string, unknown>
}

async function withHook(options: Partial<WebhookOptions>, answer?: (seen: Seen) => Promise<void>) {
  const seen: Seen[] = []
  const hanko: HankoEmulator = await createHankoEmulator({
    keys: inject('signingKeys').slice(0, 1),
    sessionLimit: 1,
    idleTimeout: '1m',
    webhooks: {
      url: 'http://hook.example/hanko',
      fetch: async (_, init) => {
        const { token, event } = JSON.parse(init?.body as string) as { token: string; event: string }
        const { data } = JSON.parse(atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'))) as Seen
        seen.push({ event, data })
        await answer?.({ event, data })
        return new Response(null, { status: 204 })
      },
      ...options,
    },
  })
  const events = async (): Promise<string[]> => {
    await hanko.webhooks.settled()
    return seen.splice(0).map((each) => each.event)
  }
  const isValid = async (token: string): Promise<unknown> => {
    const response = await hanko.fetch(`${hanko.apiUrl}/sessions/validate`, {
      headers: { Authorization: `Bearer ${token}` },
    })
    return ((await response.json()) as { is_valid: boolean }).is_valid
  }
  return { hanko, seen, events, isValid }
}

describe('webhooks of the emulator', () => {
  it('tell of sessions when asked to, as the unreleased Hanko does', async () => {
    const { hanko, events, isValid } = await withHook({ sessionEvents: true, events: [] })
    const first = await hanko.signIn({ email: 'ada@example.com' })
    expect(await events()).toEqual(['session.create.flow'])
    const second = await hanko.signIn({ email: 'ada@example.com', amr: [] })
    expect((await events()).toSorted()).toEqual(['session.create.admin', 'session.delete.passive.limit'])
    expect(await isValid(first.token)).toBe(false)
    await hanko.endSession(second.sessionId)
    expect(await events()).toEqual(['session.delete.admin.revoke'])
    const third = await hanko.signIn({ email: 'ada@example.com' })
    await hanko.fetch(`${hanko.apiUrl}/logout`, { method: 'POST', headers: { Cookie: third.cookie } })
    expect((await events()).toSorted()).toEqual(['session.create.flow', 'session.delete.explicit.logout'])
    const fourth = await hanko.signIn({ email: 'ada@example.com' })
    hanko.clock.advance('1m')
    expect(await isValid(fourth.token)).toBe(false)
    expect((await events()).toSorted()).toEqual(['session.create.flow', 'session.delete.passive.expire'])
    await hanko.signIn({ userId: fourth.userId })
    await events()
    await hanko.deleteUser(fourth.userId)
    expect(await events()).toEqual([])
  })

  it('can arrive before the change is visible', async () => {
    const validity: unknown[] = []
    const signedIn: { token?: string } = {}
    const { hanko, isValid } = await withHook({ beforeCommit: true }, async ({ event }) => {
      if (event === 'user.delete') validity.push(await isValid(signedIn.token ?? ''))
    })
    const { token, userId } = Object.assign(signedIn, await hanko.signIn())
    await hanko.deleteUser(userId)
    expect([...validity, await isValid(token)]).toEqual([true, false])
  })

  it('stay away for events that the operator did not ask for', async () => {
    const { hanko, events } = await withHook({ events: ['user.delete'] })
    const { userId } = await hanko.signIn()
    expect(await events()).toEqual([])
    await hanko.deleteUser(userId)
    expect(await events()).toEqual(['user.delete'])
  })

  it('harm nobody when the hook fails, and can be made and sent by hand', async () => {
    const { hanko, events, isValid } = await withHook({}, () => Promise.reject(new Error('down')))
    const { token } = await hanko.signIn()
    expect(await isValid(token)).toBe(true)
    expect(await events()).toEqual(['user.login'])
    await hanko.webhooks.send('email.send', { to_email_address: 'ada@example.com' })
    expect(await events()).toEqual(['email.send'])
    expect((await hanko.webhooks.token('user.delete', { id: 'x' })).split('.')).toHaveLength(3)
  })

  it('get lost, come twice, or overtake each other on request', async () => {
    const { hanko, seen, events } = await withHook({ events: ['user.delete'] })
    const remove = async () => {
      const { userId } = await hanko.signIn()
      await hanko.deleteUser(userId)
      return userId
    }
    hanko.webhooks.faults.set({ kind: 'lose', times: 1 }, { kind: 'double', times: 1 }, { kind: 'hold', times: 2 })
    await remove()
    expect(await events()).toEqual([])
    await remove()
    expect(await events()).toEqual(['user.delete', 'user.delete'])
    const held = [await remove(), await remove()]
    const overtaking = await remove()
    await hanko.webhooks.settled()
    await hanko.webhooks.faults.release('reversed')
    expect(seen.splice(0).map(({ data }) => data['id'])).toEqual([overtaking, ...held.toReversed()])
    hanko.webhooks.faults.set({ kind: 'delay', by: 1 })
    await remove()
    expect(await events()).toEqual(['user.delete'])
    hanko.webhooks.faults.set({ kind: 'lose' })
    hanko.webhooks.faults.clear()
    await remove()
    expect(await events()).toEqual(['user.delete'])
    expect(() => hanko.webhooks.faults.set({ kind: 'explode' } as never)).toThrow(TypeError)
  })

  it('end for good after failures in a row, when the hook is one that Hanko keeps in its database', async () => {
    let isDown = true
    const { hanko, events } = await withHook({ events: ['user.login'], offAfter: 3 }, () =>
      isDown ? Promise.reject(new Error('down')) : Promise.resolve(),
    )
    const signIn = async () => {
      await hanko.signIn()
      return (await events()).length
    }
    expect([await signIn(), await signIn()]).toEqual([1, 1])
    isDown = false
    expect(await signIn()).toBe(1) // counts from zero again
    isDown = true
    expect([await signIn(), await signIn(), await signIn()]).toEqual([1, 1, 1])
    isDown = false
    expect([await signIn(), await signIn()]).toEqual([0, 0])
  })
})
