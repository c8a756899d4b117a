import { vi } from 'vitest'
import type { SessionValidator, SessionWatch } from '../src/index.ts'
import type { Stage } from './stage.ts'

/** A session under watch, with timers that only `pass` moves. */
export async function beginWatching(stage: Stage, options?: Parameters<Stage['warm']>[0]) {
  const hanko = await stage.warm(options)
  const signedIn = await stage.emulator.signIn()
  // What begins with real timers ends with them: the first check of a token has nothing to do with streams.
  if (options?.maxStaleness !== 0) await hanko.validate(signedIn.token)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  return { hanko, ...signedIn, watch: await watchOf(hanko, signedIn.token) }
}

/** Time passes in small steps, for timers too, and what begins at each is done before the next. */
export async function pass(stage: Stage, milliseconds: number, step = 500): Promise<void> {
  for (let left = milliseconds; left > 0; left -= step) {
    const by = Math.min(step, left)
    stage.time.pass(by)
    vi.advanceTimersByTime(by)
    await stage.settled()
  }
}

export const watchOf = (hanko: SessionValidator, token: string): Promise<SessionWatch> =>
  hanko.forRequest({ authorization: `Bearer ${token}` }).watch()

/** Why the signal aborted; undefined while it has not. */
export const endOf = ({ signal }: SessionWatch): unknown => (signal.reason as { code?: unknown } | undefined)?.code
