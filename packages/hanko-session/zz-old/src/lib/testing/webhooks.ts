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
}

/** What a test can do with webhooks. */
export interface EmulatedWebhooks {
  /** A webhook's JWT, undelivered: `data` under `evt`, signed with the session keys, good for 300 s. */
  token(event: WebhookEvent, data: object, options?: { tenant?: string }): Promise<string>
  /** Sends an event to the hook, whatever `events` says. Resolves when the hook answered or failed; never retried. */
  send(event: WebhookEvent, data: object, options?: { tenant?: string }): Promise<void>
  /** Resolves when no delivery is under way. */
  settled(): Promise<void>
}

export type WebhookSender = ReturnType<typeof createWebhookSender>

export function createWebhookSender(
  clock: { now(): number },
  audience: readonly string[],
  hook: WebhookOptions | undefined,
) {
  const underWay = new Set<Promise<void>>()

  // webhooks.txt: the same keys and `aud` as sessions, no `jti`, no `session_id`, no `iss`.
  const token = (keys: KeyRing, evt: string, data: object): Promise<string> => {
    const iat = Math.floor(clock.now() / 1_000)
    return keys.sign({ aud: audience, data, evt, exp: iat + 300, iat, sub: 'hanko webhooks' })
  }

  const send = (keys: KeyRing, event: string, data: object): Promise<void> => {
    if (hook === undefined) return Promise.resolve()
    const delivery = deliver(hook, token(keys, event, data), event).finally(() => underWay.delete(delivery))
    underWay.add(delivery)
    return delivery
  }

  return {
    token,
    send,
    /** Tells the hook of a change that is about to be made, if it wants to know. */
    async announce(keys: KeyRing, event: WebhookEvent, data: object): Promise<void> {
      if (hook === undefined || !wants(hook, event)) return
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

async function deliver(hook: WebhookOptions, token: Promise<string>, event: string): Promise<void> {
  try {
    const response = await (hook.fetch ?? fetch)(hook.url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'User-Agent': 'Go-http-client/1.1' },
      body: JSON.stringify({ token: await token, event }),
    })
    await response.body?.cancel()
  } catch {
    // Never retried, and nobody is told: that is what a receiver has to live with.
  }
}
