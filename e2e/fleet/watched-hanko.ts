import { createHankoEmulator, type HankoEmulator } from 'hanko-session/testing'
import { serveHankoEmulator } from 'hanko-session/testing-node'

interface WatchedHanko {
  readonly emulator: HankoEmulator
  readonly port: number
  close(): Promise<void>
}

export interface WatchedHankoOptions {
  readonly now: () => number
  /** Milliseconds. */
  readonly lifespan: number
  readonly idleTimeout?: number
  /** Takes a webhook, as the balancer in front of the fleet does. */
  readonly deliver: (init: RequestInit, event: string) => Promise<Response>
  /** A node asked about a token, and what Hanko said; before anybody heard it. */
  readonly onAnswer: (token: string, isValid: boolean) => void
}

/** Hanko, with every answer about a session seen at its source. */
export async function startWatchedHanko(options: WatchedHankoOptions): Promise<WatchedHanko> {
  const { lifespan, idleTimeout, now } = options
  const emulator = await createHankoEmulator({
    keys: [await createKey()],
    clock: { now },
    lifespan,
    sessionLimit: 1_000,
    ...(idleTimeout === undefined ? {} : { idleTimeout }),
    webhooks: {
      url: 'http://fleet.invalid/hooks',
      sessionEvents: true,
      fetch: (_, init) => options.deliver(init ?? {}, (JSON.parse(init?.body as string) as { event: string }).event),
    },
  })
  const answer: HankoEmulator['answer'] = async (api, request) => {
    const isCheck = request.method === 'POST' && request.url.endsWith('/sessions/validate')
    const asked = isCheck ? ((await request.clone().json()) as { session_token: string }) : undefined
    const response = await emulator.answer(api, request)
    if (asked !== undefined) {
      const said = (await response
        .clone()
        .json()
        .catch(() => ({}))) as { is_valid?: boolean }
      options.onAnswer(asked.session_token, said.is_valid === true)
    }
    return response
  }
  const watched = Object.create(emulator, { answer: { value: answer } }) as HankoEmulator
  const served = await serveHankoEmulator(watched, { publicPort: 0, adminPort: 0 })
  return { emulator, port: Number(new URL(served.apiUrl).port), close: () => served.close() }
}

/** A short one of those that are accepted: a run signs tens of thousands of webhooks. */
async function createKey(): Promise<JsonWebKey> {
  const { privateKey } = await crypto.subtle.generateKey(
    { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
    true,
    ['sign', 'verify'],
  )
  return crypto.subtle.exportKey('jwk', privateKey)
}
