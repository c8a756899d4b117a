import { vi } from 'vitest'

interface Timer {
  readonly at: number
  readonly run: () => void
}

/**
 * Time that stands still until it is told to pass: timers, `performance.now` and `Math.random` of this process.
 * What really takes time (WebCrypto) is waited for, so that a run is the same on every machine.
 */
export interface VirtualTime {
  /** Milliseconds since this began, suspension included: what Hanko's clock shows. */
  now(): number
  /** The app's own clocks. */
  wall(): number
  monotonic(): number
  /** Lets everything happen that needs no time to pass. */
  settle(): Promise<void>
  pass(milliseconds: number): Promise<void>
  /** The machine sleeps: the wall clock goes on, the monotonic one and all timers stop. */
  suspend(milliseconds: number): void
  /** Somebody sets the wall clock. */
  stepWall(milliseconds: number): void
  timers(): number
}

/** Whole seconds. */
const START = Date.parse('2026-11-23T12:00:00Z')

const real = { setImmediate, setTimeout, clearTimeout }
const CRYPTO = ['verify', 'sign', 'importKey', 'digest'] as const

export function installVirtualTime(): { start(seed: number): VirtualTime; restore(): void } {
  let busy = 0
  let timers = new Map<number, Timer>()
  let lastId = 0
  let mono = 0
  let random = toRandom(0)

  for (const name of CRYPTO) {
    const original = crypto.subtle[name].bind(crypto.subtle) as (...input: unknown[]) => Promise<never>
    vi.spyOn(crypto.subtle, name).mockImplementation(async (...input: unknown[]) => {
      busy++
      return original(...input).finally(() => busy--)
    })
  }
  vi.spyOn(performance, 'now').mockImplementation(() => mono)
  vi.spyOn(Math, 'random').mockImplementation(() => random())
  vi.stubGlobal('setTimeout', (run: () => void, milliseconds = 0) => {
    timers.set(++lastId, { at: mono + Math.max(1, milliseconds), run })
    return lastId
  })
  vi.stubGlobal('clearTimeout', (id: number) => timers.delete(id))

  /** Four quiet turns of the event loop: streams and promises of the platform need no more than two. */
  async function settle(): Promise<void> {
    for (let quiet = 0; quiet < 4; quiet = busy === 0 ? quiet + 1 : 0) {
      await new Promise((resolve) => real.setImmediate(resolve))
    }
  }

  return {
    start(seed) {
      timers = new Map()
      mono = 0
      random = toRandom(seed)
      let slept = 0
      let stepped = 0
      const now = (): number => START + mono + slept
      return {
        now,
        wall: () => now() + stepped,
        monotonic: () => mono,
        settle,
        async pass(milliseconds) {
          const end = mono + milliseconds
          await settle()
          for (;;) {
            const [id, next] = [...timers].reduce<[number, Timer | undefined]>(
              (first, [other, timer]) => (timer.at < (first[1]?.at ?? Infinity) ? [other, timer] : first),
              [0, undefined],
            )
            if (next === undefined || next.at > end) break
            mono = Math.max(mono, next.at)
            timers.delete(id)
            next.run()
            await settle()
          }
          mono = end
        },
        suspend(milliseconds) {
          slept += milliseconds
        },
        stepWall(milliseconds) {
          stepped += milliseconds
        },
        timers: () => timers.size,
      }
    },
    restore() {
      vi.restoreAllMocks()
      vi.unstubAllGlobals()
    },
  }
}

/** mulberry32: small, and the same everywhere. */
function toRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
