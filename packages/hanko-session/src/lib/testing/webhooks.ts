import { createWebhookFaults } from './faults/webhook-faults.ts'
import type { WebhookFaults } from './faults/webhook-faults.ts'
import type { KeyRing } from './key-ring.ts'

/** Events of v3.0.4 (`user...`, `email.send`) and those that the unreleased branch adds (`session...`). */
export type WebhookEvent =
  | 'user'
  | `user.${'create' | 'update' | 'delete' | 'login'}`
  | `user.update.${string}`
  | 'email.send'
  | `session.create.${'flow' | 'admin'}`
  | `session.delete.${'explicit.logout' | 'explicit.revoke' | 'admin.revoke' | 'passive.expire' | 'passive.limit'}`

/** A hook of the operator. */
export interface WebhookOptions {
  /** Where deliveries are POSTed to. */
  url: string
  /** What POSTs them. @default the global fetch */
  fetch?: typeof fetch
  /** Events wanted; a name stands for all that begin with it. @default ['user'] */
  events?: readonly string[]
  /** Also send `session.*` events, which v3.0.4 does not have. @default false */
  sessionEvents?: boolean
  /**
   * Finish a delivery before the change it tells of can be seen, as when the hook's transaction commits late:
   * when `user.delete` arrives, validate still says `true`.
   * @default false: deliveries run beside the change
   */
  beforeCommit?: boolean
  /**
   * Switches the hook off for good after so many failures in a row, as Hanko does with a hook that is kept in its
   * database. @default never, as with a hook of its configuration file
   */
  offAfter?: number
}

/** What a test can do with webhooks. */
export interface EmulatedWebhooks {
  /** A webhook's JWT, undelivered: `data` under `evt`, signed with the session keys, good for 300 s. */
  token(event: WebhookEvent, data: object, options?: { tenant?: string }): Promise<string>
  /** Sends an event to the hook, whatever `events` says. Resolves when the hook answered or failed; never retried. */
  send(event: WebhookEvent, data: object, options?: { tenant?: string }): Promise<void>
  /** Loses, doubles, delays or holds what is sent from now on; the operator's own `send` included. */
  readonly faults: WebhookFaults
  /** Resolves when no delivery is under way; those that are held are not. */
  settled(): Promise<void>
}

export type WebhookSender = ReturnType<typeof createWebhookSender>

export function createWebhookSender(
  clock: { now(): number },
  audience: readonly string[],
  hook: WebhookOptions | undefined,
) {
  const underWay = new Set<Promise<void>>()
  const faults = createWebhookFaults()
  let failuresInARow = 0

  // webhooks.txt: the same keys and `aud` as sessions, no `jti`, no `session_id`, no `iss`.
  const token = (keys: KeyRing, evt: string, data: object): Promise<string> => {
    const iat = Math.floor(clock.now() / 1_000)
    return keys.sign({ aud: audience, data, evt, exp: iat + 300, iat, sub: 'hanko webhooks' })
  }

  const send = (keys: KeyRing, event: string, data: object): Promise<void> => {
    if (hook === undefined) return Promise.resolve()
    // Signed when it happened, whenever it arrives.
    const signed = token(keys, event, data)
    const delivery = faults.send(async () => count(await deliver(hook, await signed, event)))
    const done = delivery.finally(() => underWay.delete(done))
    underWay.add(done)
    return done
  }

  const count = (isTaken: boolean): void => {
    failuresInARow = isTaken ? 0 : failuresInARow + 1
  }
  const isOff = (): boolean => hook?.offAfter !== undefined && failuresInARow >= hook.offAfter

  return {
    faults,
    token,
    send,
    /** Tells the hook of a change that is about to be made, if it wants to know. */
    async announce(keys: KeyRing, event: WebhookEvent, data: object): Promise<void> {
      if (hook === undefined || isOff() || !wants(hook, event)) return
      const delivery = send(keys, event, data)
      if (hook.beforeCommit === true) await delivery
    },
    settled: async (): Promise<void> => {
      while (underWay.size > 0) await Promise.all(underWay)
    },
  }
}

function wants(hook: WebhookOptions, event: string): boolean {
  if (event.startsWith('session.')) return hook.sessionEvents === true
  return (hook.events ?? ['user']).some((name) => event === name || event.startsWith(`${name}.`))
}

/** Whether the hook took it. If not, it is never sent again, and nobody is told: a receiver has to live with that. */
async function deliver(hook: WebhookOptions, token: string, event: string): Promise<boolean> {
  try {
    const response = await (hook.fetch ?? fetch)(hook.url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'User-Agent': 'Go-http-client/1.1' },
      body: JSON.stringify({ token, event }),
    })
    await response.body?.cancel()
    return response.ok
  } catch {
    return false
  }
}
