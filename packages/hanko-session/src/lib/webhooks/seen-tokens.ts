import type { Clock } from '../options.ts'

/** Webhooks that were acted upon. Hanko gives them no id, and anybody who sees one can send it again. */
export interface SeenTokens {
  has(digest: string): boolean
  /** @param until when the token is refused anyway, in milliseconds since the epoch */
  add(digest: string, until: number): void
  readonly size: number
}

/** Five minutes of 300 a second. When full the oldest is forgotten: what it ended is ended again, which changes nothing. */
const CAPACITY = 100_000

export function createSeenTokens(clock: Pick<Clock, 'now'>, capacity: number = CAPACITY): SeenTokens {
  // In order of arrival, which is about the order in which they are over.
  const seen = new Map<string, number>()
  return {
    has: (digest) => seen.has(digest),
    add(digest, until) {
      seen.set(digest, until)
      const now = clock.now()
      for (const [oldest, end] of seen) {
        if (end > now && seen.size <= capacity) return
        seen.delete(oldest)
      }
    },
    get size() {
      return seen.size
    },
  }
}

/** The SHA-256 of a token's text, which must have been proved canonical: a token has no other. */
export async function digestToken(text: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return String.fromCharCode(...new Uint8Array(hash))
}
