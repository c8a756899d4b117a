import type { Check } from './requirement.ts'

interface Log {
  warn(...message: unknown[]): void
}

/** Logs what rules would refuse, for one server. */
export interface Reporter {
  start(log: Log): void
  /** Each rule is told once per operation, however many fields have it. */
  forOperation(): (check: Check, place: string) => void
}

export function createReporter(): Reporter {
  let log: Log = console
  return {
    start(given) {
      log = given
      log.warn(
        'hanko-session-yoga: reportOnly is on. Rules of @auth (roles, scopes, policies, amr, maxAge) refuse nobody who ' +
          'has a session.',
      )
    },
    forOperation() {
      const told = new Set<string>()
      return ({ key }, place) => {
        if (told.has(key)) return
        told.add(key)
        log.warn(`hanko-session-yoga: reportOnly: ${place} would be refused to a session, by its rule ${key}`)
      }
    },
  }
}
