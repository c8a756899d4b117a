import type { ServerResponse } from 'node:http'
import type { Bound } from './read-demo-env.ts'

/** What the page shows of a decision. Whose it was is left out, so that it cannot be published by mistake. */
interface Decided {
  readonly outcome: string
  readonly reason?: string
  /** Where the token stood. */
  readonly credential?: string
  readonly source: string
  readonly age?: number
  readonly duration: number
}

/** What it shows of the validator's counters. */
interface Counters {
  readonly calls: number
  readonly sessions: number
  readonly keys: number
  readonly inFlight: number
  readonly breaker: string
}

/**
 * The last decisions of this server's validator, whoever they were about, for the page to show. A real app gives them
 * to its metrics instead: how often people come, and how busy Hanko is, are nobody else's business.
 */
export interface DecisionBoard {
  /** For the validator's `onDecision`. */
  readonly record: (decision: Decided) => void
  /** `GET /api/decisions`. */
  answer(response: ServerResponse, counters: Counters): void
}

/** As many as the page has rows. */
export const DECISIONS_SHOWN = 8

export function createDecisionBoard(bound: Bound): DecisionBoard {
  const latest: object[] = []
  let lastId = 0

  return {
    record({ outcome, reason, credential, source, age, duration }) {
      latest.unshift({ id: ++lastId, at: Date.now(), outcome, reason, credential, source, age, duration })
      latest.length = Math.min(latest.length, DECISIONS_SHOWN)
    },
    answer(response, { calls, sessions, keys, inFlight, breaker }) {
      const counters = { calls, sessions, keys, inFlight, breaker, memory: bound === 0 ? 'off' : bound }
      response
        .writeHead(200, {
          'content-type': 'application/json',
          'cache-control': 'no-store',
          'x-content-type-options': 'nosniff',
        })
        .end(JSON.stringify({ decisions: latest, counters }))
    },
  }
}
