import { describe, expectTypeOf, it } from 'vitest'
import { createSessionValidator } from '../create-session-validator.ts'
import { createWebhookReceiver } from './create-webhook-receiver.ts'
import type { WebhookEmail, WebhookSession, WebhookUser } from './webhook-events.ts'

const hanko = createSessionValidator({ apiUrl: 'https://hanko.example' })
const webhooks = createWebhookReceiver(hanko, { endSessionsOn: ['user.update.password', 'user.update.email.primary'] })

describe('createWebhookReceiver', () => {
  it('gives a handler the data of what it listens for', () => {
    webhooks.on('user', ({ data, issuedAt, name }) => {
      expectTypeOf(data).toEqualTypeOf<WebhookUser>()
      expectTypeOf({ issuedAt, name }).toEqualTypeOf<{ issuedAt: number; name: string }>()
    })
    webhooks.on('user.update.email.primary', ({ data }) => expectTypeOf(data).toEqualTypeOf<WebhookUser>())
    webhooks.on('session', ({ data }) => expectTypeOf(data).toEqualTypeOf<WebhookSession>())
    webhooks.on('session.delete.passive.limit', async ({ data }) => {
      expectTypeOf(data).toEqualTypeOf<WebhookSession>()
    })
    webhooks.on('email.send', ({ data }) => expectTypeOf(data).toEqualTypeOf<WebhookEmail>())
  })

  it('is not called with names that Hanko does not send', () => {
    // @ts-expect-error a slip of the pen
    webhooks.on('user.crate', () => {})
    // @ts-expect-error it would sign everybody out who signs in
    createWebhookReceiver(hanko, { endSessionsOn: ['user.login'] })
    // @ts-expect-error not an option
    createWebhookReceiver(hanko, { endSessions: [] })
    // @ts-expect-error no validator
    createWebhookReceiver({})
  })

  it('may be a fetch-style handler', () => {
    expectTypeOf(webhooks.handle).toEqualTypeOf<(request: Request) => Promise<Response>>()
  })

  it('revokes by one clock or the other', () => {
    hanko.revoke({ userId: 'u', issuedBefore: 1 })
    hanko.revoke({ sessionId: 's', expiresAt: new Date() })
    // @ts-expect-error Hanko's clock speaks in seconds
    hanko.revoke({ userId: 'u', issuedBefore: new Date() })
  })
})
