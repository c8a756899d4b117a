import type { RunInBackground } from '../run-in-background.ts'
import type { StoreCalls } from './store-calls.ts'

/** Revocations on their way to the store. They have had their effect here: nobody waits for them. */
export interface Announcements {
  /** @param keepFor how long it is of use to anybody, in milliseconds */
  send(write: (keepFor: number, signal: AbortSignal) => Promise<void>, keepFor: number): void
  readonly pending: number
}

/** For one attempt, in milliseconds. */
const TIMEOUT = 1_000
/** How long it is tried: whoever has not heard by then has asked Hanko, or does so at its bound. */
const TRY_FOR = 300_000
const [FIRST_WAIT, LONGEST_WAIT] = [100, 5_000]
/** Of more, each has one attempt. */
const MAX_PENDING = 10_000

export function createAnnouncements(
  calls: StoreCalls,
  monotonic: () => number,
  runInBackground: RunInBackground,
  random: () => number = Math.random,
): Announcements {
  let pending = 0

  async function deliver(
    write: (keepFor: number, signal: AbortSignal) => Promise<void>,
    keepFor: number,
  ): Promise<void> {
    const start = monotonic()
    for (let wait = FIRST_WAIT; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
      const passed = monotonic() - start
      if (passed >= Math.min(keepFor, TRY_FOR)) return
      const done = await calls.call((signal) => write(Math.ceil(keepFor - passed), signal), TIMEOUT)
      if (done !== undefined || pending > MAX_PENDING) return
      await rest(wait * (0.5 + random()))
    }
  }

  return {
    get pending() {
      return pending
    },
    send(write, keepFor) {
      pending++
      runInBackground(deliver(write, keepFor).finally(() => pending--))
    },
  }
}

/** Without keeping a process that has nothing else to do. */
async function rest(milliseconds: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    ;(timer as { unref?: () => void }).unref?.()
  })
}
