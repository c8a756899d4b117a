import type { Revocation } from '../create-session-validator.ts'
import type { DecisionLog } from '../decision-log.ts'
import type { RunInBackground } from '../run-in-background.ts'
import { toData, type UnprovedWebhook } from './read-webhook-token.ts'
import { isId, toRevocation } from './to-revocation.ts'
import { type ChangeName, isOf, type WebhookEvent } from './webhook-events.ts'
import type { WebhookHandlers } from './webhook-handlers.ts'

export interface ActOnParts {
  readonly revoke: (revocation: Revocation) => void
  readonly endSessionsOn: readonly ChangeName[]
  readonly handlers: WebhookHandlers
  readonly log: DecisionLog
  readonly runInBackground: RunInBackground
}

export interface ActOn {
  /** What an event that Hanko signed brings about: the end of sessions before it returns, all else beside. Never throws. */
  act(webhook: UnprovedWebhook & { readonly event: string }): void
  counts(): { readonly revocations: number; readonly failures: number }
}

export function createActOn({ revoke, endSessionsOn, handlers, log, runInBackground }: ActOnParts): ActOn {
  let revocations = 0
  let failures = 0

  function fail(message: string): void {
    failures++
    // What was thrown may hold anything of the event.
    log.note('error', message)
  }

  function end(revocation: Revocation | undefined): void {
    if (revocation === undefined) return
    try {
      revoke(revocation)
      revocations++
    } catch {
      fail('what a webhook ended could not be revoked; it is noticed within maxStaleness')
    }
  }

  return {
    act({ event: name, data: given, issuedAt }) {
      const isEmail = name === 'email.send'
      if (!isEmail && !isOf(name, 'user') && !isOf(name, 'session')) return
      const data = toData(given)
      const id = data?.['id']
      if (data === undefined || !(isEmail || isId(id))) {
        log.note('warn', 'a webhook of Hanko does not say whom it is about: it had no effect')
        return
      }
      if (isId(id)) end(toRevocation({ name, id, data, issuedAt }, endSessionsOn))
      const event = Object.freeze({ name, data, issuedAt: issuedAt * 1_000 }) as WebhookEvent
      handlers.run(event, (listenedFor, work) =>
        runInBackground(work.catch(() => fail(`the handler of ${listenedFor} failed; its event does not come again`))),
      )
    },
    counts: () => ({ revocations, failures }),
  }
}
