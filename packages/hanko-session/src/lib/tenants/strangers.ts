import { type Unauthenticated, unauthenticated } from '../auth-state.ts'
import type { Settings } from '../options.ts'
import { checkPayload } from '../token/check-payload.ts'
import { parseToken } from '../token/parse-token.ts'
import type { Bounded, Joins } from '../verify/bounded.ts'
import type { Finding } from '../verify/finding.ts'
import { createByText } from '../verify/by-text.ts'
import { createFlights } from '../verify/flights.ts'
import { toRefusedWatch, type WatchRoom } from '../watch/create-watch-room.ts'

/** What is no tenant has no keys: its tokens name none that is known. */
export const NO_TENANT: Finding = Object.freeze({ state: unauthenticated('unknown_key'), source: 'keys' })

/**
 * Steps 4 and 5, which need nobody's keys: why a text is no token of this time, or when it says it was issued, in
 * seconds.
 */
export function readUnproved(text: string, settings: Pick<Settings, 'clock' | 'clockSkew'>): Unauthenticated | number {
  const token = parseToken(text)
  if (typeof token === 'string') return unauthenticated(token)
  const checks = { clockSkew: settings.clockSkew, audience: undefined, issuer: undefined }
  const payload = checkPayload(token.payload, checks, settings.clock.now())
  return typeof payload === 'string' ? unauthenticated(payload) : payload.issuedAt
}

/** The sessions of what is no tenant: none. An attacker chooses the host name, so finding this out costs no call. */
export function createStrangers(settings: Settings): Bounded {
  return {
    known: () => undefined,
    knownState: () => undefined,
    now: () => 0,
    isDoubtful: () => false,
    createJoins: createNoJoins(),
    async settle(text) {
      const read = readUnproved(text, settings)
      return typeof read === 'number' ? NO_TENANT : { state: read, source: 'request' }
    },
  }
}

/** No stream of theirs is watched: there is no session. */
export const NO_ROOM: Pick<WatchRoom, 'watch'> = {
  watch: ({ state }) => (state.status === 'authenticated' ? undefined : toRefusedWatch(state)),
}

/** For sessions that share nothing by themselves, as somebody below them does. */
export function createNoJoins(): () => Joins {
  const joins: Joins = {
    flights: createFlights(() => Promise.reject(new Error('no call begins here'))),
    subjects: createByText(),
    together: (_text, _order, find) => find(),
  }
  return () => joins
}
