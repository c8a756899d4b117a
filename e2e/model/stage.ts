import { createSessionValidator, type SessionValidator, type SessionWatch } from 'hanko-session'
import { createHankoEmulator, type HankoEmulator } from 'hanko-session/testing'
import { createHankoModel, type HankoModel, type ModelSession } from './hanko-model.ts'
import { noteTouch } from './uses.ts'
import type { VirtualTime } from './virtual-time.ts'

export const DEADLINE = 2_500
export const CLOCK_SKEW = 5_000
/** How long after trouble nobody has to be served: the breaker stays open for up to 36 s. */
export const RECOVERY = 45_000
const LIFESPAN = 600_000

/** How the app is set up, and what its machine does to its clocks. */
export interface Setting {
  readonly maxStaleness: number
  readonly staleIfError: number
  /** `Infinity` for none. */
  readonly idleTimeout: number
  readonly hold: 'text' | 'digest'
  /** Whether somebody listens to decisions: otherwise a hit takes a shorter way. */
  readonly isSilent: boolean
  /**
   * Nobody can tell how much time has passed when the wall clock steps on a machine that also sleeps: so it is one or
   * the other.
   */
  readonly clocks: 'true' | 'stepped' | 'suspended'
  readonly seed: number
}

/** What this process was told of sessions that ended. */
interface Revoked {
  readonly of:
    | { readonly sessionId: string }
    | { readonly userId: string; readonly refuseBefore: number; readonly ended: readonly ModelSession[] }
  readonly at: Moment
}

/** A moment by Hanko's clock and both of the app's, and in the order of commands. */
export interface Moment {
  readonly now: number
  readonly wall: number
  readonly monotonic: number
  readonly command: number
}

/** A stream of a session, and when it was last seen to be allowed. */
export interface Stream {
  readonly session: ModelSession
  readonly watch: SessionWatch
  since: Moment
}

export interface Stage {
  readonly setting: Setting
  readonly time: VirtualTime
  readonly emulator: HankoEmulator
  readonly hanko: SessionValidator
  readonly model: HankoModel
  readonly revoked: Revoked[]
  /** When calls were last wrong or slow, by the clock that the core's pauses go by; and whether they are now. */
  readonly trouble: { last: number; isOn: boolean; rotatedAt: number }
  /** Extremes of the wall clock since a moment are found here. */
  readonly walls: { readonly command: number; readonly wall: number }[]
  latency: { before: number; after: number }
  /** When a clock last leapt, by the monotonic one: what was young enough a moment ago is not any more. */
  leaptAt: number
  /** Streams that are open. */
  readonly streams: Set<Stream>
  moment(): Moment
  nextCommand(): void
  signIn(email: string): Promise<ModelSession>
  /** Checks whose outcome is not known yet. */
  readonly pending: Set<Promise<void>>
  /** The first thing that should not have happened. */
  readonly wrongs: string[]
}

export async function createStage(time: VirtualTime, setting: Setting, keys: readonly JsonWebKey[]): Promise<Stage> {
  const { maxStaleness, staleIfError, idleTimeout, hold, isSilent } = setting
  const emulator = await createHankoEmulator({
    keys: keys.slice(0, 1),
    clock: { now: () => time.now() },
    lifespan: LIFESPAN,
    sessionLimit: 1_000,
    ...(idleTimeout === Infinity ? {} : { idleTimeout }),
  })
  const model = createHankoModel(idleTimeout)
  let command = 0
  const moment = (): Moment => ({ now: time.now(), wall: time.wall(), monotonic: time.monotonic(), command })
  const trouble: Stage['trouble'] = { last: -Infinity, isOn: false, rotatedAt: -Infinity }

  async function send(input: string, init: RequestInit): Promise<Response> {
    const { before, after } = stage.latency
    const sentAt = time.monotonic()
    if (before + after > 0) trouble.last = sentAt
    if (before > 0) await wait(before, init.signal)
    const response = await emulator.fetch(input, init)
    if (input.endsWith('/sessions/validate')) await watch(init, response.clone(), sentAt)
    if (after > 0) await wait(after, init.signal)
    return response
  }

  /** Hanko has counted a POST as use, whatever becomes of its answer on the way. */
  async function watch({ method, body, headers }: RequestInit, response: Response, sentAt: number): Promise<void> {
    const { is_valid: isValid } = (await response.json().catch(() => ({}))) as { is_valid?: boolean }
    const isUse = method === 'POST'
    const credential = isUse ? body : new Headers(headers).get('authorization')
    const session = model.sessions.find(({ token }) => typeof credential === 'string' && credential.includes(token))
    if (session === undefined) return
    if (isValid === true && isUse) {
      model.touch(session, time.now())
      const wasAskedFor = noteTouch(session, sentAt)
      // A `false` from a stream's check is believed only after a POST.
      const isUntroubled = !trouble.isOn && sentAt - trouble.last >= RECOVERY
      if (!wasAskedFor && isUntroubled) stage.wrongs.push('a session was touched that nobody used')
    } else if (isValid !== true && model.endOf(session) > time.now()) trouble.last = time.monotonic()
  }

  const stage: Stage = {
    setting,
    time,
    emulator,
    model,
    revoked: [],
    trouble,
    walls: [{ command, wall: time.wall() }],
    latency: { before: 0, after: 0 },
    leaptAt: -Infinity,
    streams: new Set(),
    moment,
    pending: new Set(),
    wrongs: [],
    nextCommand: () => void command++,
    hanko: createSessionValidator({
      apiUrl: emulator.apiUrl,
      fetch: send,
      clock: { now: () => time.wall(), monotonic: () => time.monotonic() },
      audience: 'localhost',
      maxStaleness,
      staleIfError,
      deadline: DEADLINE,
      clockSkew: CLOCK_SKEW,
      cache: { hold },
      ...(isSilent ? {} : { onDecision: () => {} }),
    }),
    async signIn(email) {
      const { token, userId, sessionId } = await emulator.signIn({ email })
      const now = Math.floor(time.now() / 1_000) * 1_000
      const session = {
        token,
        userId,
        sessionId,
        issuedAt: now,
        expiresAt: now + LIFESPAN,
        lastUsed: time.now(),
        endedAt: Infinity,
      }
      model.signIn(session)
      return session
    },
  }
  return stage
}

function wait(milliseconds: number, signal: AbortSignal | null | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(signal.reason as Error)
    })
  })
}
