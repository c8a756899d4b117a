import { createSessionValidator, type SessionValidator } from 'hanko-session'
import { createHankoEmulator, type HankoEmulator } from 'hanko-session/testing'
import { PEOPLE } from './callers.ts'
import type { Caller } from './suite.ts'

/** Whole seconds, so that ages are what the suite says. */
const START = Date.parse('2026-11-23T12:00:00Z')

export interface Callers {
  /** For all callers but one: in an outage there is another, whose Hanko cannot be asked. */
  readonly hanko: SessionValidator
  readonly unreachable: SessionValidator
  /** Headers of a request by this caller, in the state that callers.ts says. */
  headersOf(caller: Caller): Promise<Record<string, string>>
  /** How often Hanko was asked about a session since the last call of this. */
  asked(): number
  close(): void
}

/** Signs everybody in at one emulated Hanko, whose clock stands still. */
export async function createCallers(keys: readonly JsonWebKey[]): Promise<Callers> {
  const emulator = await createHankoEmulator({ keys, sessionLimit: 1_000, clock: { now: () => START } })
  const clock = { now: () => emulator.clock.now(), monotonic: () => emulator.clock.now() }
  const logger = { debug() {}, info() {}, warn() {}, error() {} }
  let asked = 0

  const create = (isReachable: boolean): SessionValidator =>
    createSessionValidator({
      apiUrl: emulator.apiUrl,
      clock,
      logger,
      async fetch(url, init) {
        if (url.includes('/sessions/validate')) {
          asked++
          if (!isReachable) throw new TypeError('fetch failed')
        }
        return emulator.fetch(url, init)
      },
    })
  const hanko = create(true)
  const unreachable = create(false)

  const people = Object.entries(PEOPLE).toSorted(([, a], [, b]) => b.signedInHoursAgo - a.signedInHoursAgo)
  const headers = new Map<string, Record<string, string>>()
  let hoursLeft = people[0]?.[1].signedInHoursAgo ?? 0
  for (const [name, { signedInHoursAgo }] of people) {
    if (hoursLeft > signedInHoursAgo) emulator.clock.advance((hoursLeft - signedInHoursAgo) * 3_600_000)
    hoursLeft = signedInHoursAgo
    headers.set(name, await signIn(emulator, hanko, name as keyof typeof PEOPLE))
  }
  if (hoursLeft > 0) emulator.clock.advance(hoursLeft * 3_600_000)
  // After the clock has moved, so that all are known to the moment.
  for (const [name, { state }] of people) {
    const token = headers.get(name)?.['authorization']?.slice('Bearer '.length) ?? ''
    if (state === 'known') await hanko.validate(token)
    if (state === 'unreachable') await unreachable.validate(token.slice(0, -2)) // its keys are known
  }
  asked = 0

  return {
    hanko,
    unreachable,
    async headersOf(caller) {
      if (caller === 'none') return {}
      if (caller === 'garbage') return { authorization: 'Bearer not-a-token' }
      // Sessions that end are made anew: nothing that was learnt of the last one is left.
      const isUsedUp = PEOPLE[caller].state === 'ended' || PEOPLE[caller].state === 'revoked'
      const before = asked
      const found = isUsedUp ? await signIn(emulator, hanko, caller) : headers.get(caller)
      asked = before
      return found ?? {}
    },
    asked() {
      const count = asked
      asked = 0
      return count
    },
    close() {
      hanko.close()
      unreachable.close()
    },
  }
}

async function signIn(
  emulator: HankoEmulator,
  hanko: SessionValidator,
  name: keyof typeof PEOPLE,
): Promise<Record<string, string>> {
  const { email, amr, state } = PEOPLE[name]
  const { token, header, sessionId } = await emulator.signIn({ email, amr })
  if (state === 'ended') await hanko.validate(token)
  if (state === 'ended' || state === 'revoked') await emulator.endSession(sessionId)
  return { authorization: header }
}
