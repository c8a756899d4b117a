import { expect, it } from 'vitest'
import { createActOn } from './act-on.ts'
import { createWebhookHandlers } from './webhook-handlers.ts'

const ID = '7f1b2c3d-0000-4000-8000-000000000001'

it('counts a revocation that fails, says so without a word of it, and tells the handlers all the same', () => {
  const lines: unknown[][] = []
  const heard: unknown[] = []
  const handlers = createWebhookHandlers()
  handlers.on('user.delete', ({ data }) => heard.push(data.id))
  const actOn = createActOn({
    revoke() {
      throw new Error(`about ${ID}`)
    },
    endSessionsOn: [],
    handlers,
    log: { note: (...line) => lines.push(line), decided() {}, crossSite() {}, severalSessions() {} },
    runInBackground: () => {},
  })
  const webhook = { text: '', keyId: 'k', issuedAt: 1_700_000_000, expiresAt: 1_700_000_300 }
  actOn.act({ ...webhook, event: 'user.delete', data: { id: ID } })
  expect(actOn.counts()).toEqual({ revocations: 0, failures: 1 })
  expect(lines).toEqual([['error', expect.stringContaining('noticed within maxStaleness')]])
  expect([heard, JSON.stringify(lines).includes(ID)]).toEqual([[ID], false])
})

it('does not take the e-mails of Hanko for news of a user, whatever is in them', () => {
  const ended: unknown[] = []
  const actOn = createActOn({
    revoke: (revocation) => ended.push(revocation),
    endSessionsOn: ['user.update'],
    handlers: createWebhookHandlers(),
    log: { note() {}, decided() {}, crossSite() {}, severalSessions() {} },
    runInBackground: () => {},
  })
  for (const event of ['email.send', 'email.send.user.delete', 'tenant.delete'])
    actOn.act({ text: '', keyId: 'k', issuedAt: 1, expiresAt: 2, event, data: { id: ID } })
  expect(ended).toEqual([])
})
