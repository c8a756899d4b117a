import { inspect } from 'node:util'
import { type AuthState, HankoAuthError } from 'hanko-session'
import type { Fault } from 'hanko-session/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createStage, type Stage, until } from '../../packages/hanko-session/test/stage.ts'
import { BOUNDS, FAULTS, targetOf } from './faults.ts'

type Warmth = 'cold' | 'keys' | 'warm' | 'stale'

/** What must come of it. Whoever is asked answers as the fault says; whoever need not be asked lets the session in. */
function expectedOf(bound: string, warmth: Warmth, fault: Fault, reason: string): readonly string[] {
  if (fault.kind === 'stale-cache') return ['authenticated'] // true, if old: nothing is wrong with the answers
  // Within a short deadline nobody can tell what the keys would have been waited for.
  if (warmth === 'cold')
    return keysComeThrough(fault) ? [...lenient(bound, reason)] : ['keys_unavailable', 'upstream_timeout']
  if (bound === 'Infinity') return ['authenticated']
  return bound === '30s' && warmth === 'warm' ? ['authenticated'] : [reason]
}

const keysComeThrough = (fault: Fault): boolean => fault.kind === 'database' && fault.state === 'sessions-missing'
const lenient = (bound: string, reason: string): readonly string[] =>
  bound === 'Infinity' ? ['authenticated'] : [reason]
const outcomeOf = (state: AuthState): string => (state.status === 'authenticated' ? 'authenticated' : state.reason)

async function arrange(stage: Stage, options: (typeof BOUNDS)[number][1], warmth: Warmth) {
  // A second attempt well within the deadline: a random pause would now and then end together with it.
  const settings = { ...options, deadline: 60, limits: { minRetryDelay: 20, maxRetryDelay: 20 } }
  const hanko = warmth === 'cold' ? stage.validator(settings) : await stage.warm(settings)
  const ada = await stage.emulator.signIn()
  if (warmth === 'warm' || warmth === 'stale') await hanko.validate(ada.token)
  if (warmth === 'stale') stage.time.pass(30_001)
  return { hanko, ...ada }
}

/** Calls of WebCrypto that are under way: they take real time, which is not the time of these tests. */
let computing = 0

beforeEach(() => {
  for (const name of ['verify', 'importKey', 'digest'] as const) {
    const work = crypto.subtle[name].bind(crypto.subtle) as (...input: unknown[]) => Promise<never>
    vi.spyOn(crypto.subtle, name).mockImplementation(async (...input: unknown[]) => {
      computing++
      return work(...input).finally(() => computing--)
    })
  }
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe.each(FAULTS)('%s', (_, fault, reason) => {
  describe.each(BOUNDS)('maxStaleness %s', (bound, options) => {
    it.each<Warmth>(['cold', 'keys', 'warm', 'stale'])(
      '%s: the right outcome, and nothing is left behind',
      async (warmth) => {
        const stage = await createStage()
        // From the start: a busy machine may take longer than the deadline to arrange what is to be tested.
        vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
        const { hanko, token, cookie } = await arrange(stage, options, warmth)
        const before = hanko.stats()
        stage.emulator.faults.set(targetOf(fault), fault)
        const progress = { isOver: false }
        const request = hanko.forRequest(new Request('https://app.example/', { headers: { cookie } }))
        const asked = Promise.all([hanko.validate(token), request.state()]).finally(() => (progress.isOver = true))
        // Time is let pass up to the deadline, and no further.
        for (let passed = 0; passed < 60 && !progress.isOver; passed += 5) {
          await settle(() => progress.isOver)
          await vi.advanceTimersByTimeAsync(5)
        }
        const states = await asked
        const expected = expectedOf(bound, warmth, fault, reason)
        for (const state of states) expect(expected).toContain(outcomeOf(state))

        // Hanko's slots are free, nobody waits, no timer runs.
        for (let turn = 0; turn < 400 && vi.getTimerCount() > 0; turn++) {
          await settle(() => vi.getTimerCount() === 0)
          await vi.advanceTimersByTimeAsync(5)
        }
        await stage.settled()
        expect(hanko.stats()).toMatchObject({ inFlight: 0, waiting: 0 })
        expect(vi.getTimerCount()).toBe(0)

        // A failure is not remembered, and takes nothing from memory.
        const isAccepted = states[0].status === 'authenticated'
        const { sessions, tombstones } = hanko.stats()
        expect(tombstones).toBe(0)
        const remembers = bound === '0' ? 0 : 1
        expect(sessions).toBe(isAccepted ? remembers : before.sessions)

        const error = await request.requireSession().catch((caught: unknown) => caught)
        expect(error instanceof HankoAuthError).toBe(!isAccepted)
        const sinks = inspect([stage.lines, stage.decisions, error, states, hanko], { depth: 20, showHidden: true })
        expect([sinks.includes(token.slice(0, 40)), sinks.includes(token.slice(-40))]).toEqual([false, false])
        hanko.close()
      },
    )
  })
})

/** Lets everything be done that needs no time: turns of the event loop, and what is computed beside it. */
async function settle(isDone: () => boolean): Promise<void> {
  let turns = 0
  await until(() => isDone() || (computing > 0 ? (turns = 0) : ++turns) > 20)
}
