import { ageOf } from '../instant.ts'
import type { Clock } from '../options.ts'
import type { Landed } from './flights.ts'

/** Until Hanko is asked again whether a session has idled out that has by our clock, in milliseconds. */
const CLOCKS_DIFFER = 1_000

/**
 * How long after the call was sent the session idles out, as the answer comes that it lives: where it has idled out by
 * our clock already, Hanko's is behind, and ours cannot tell.
 */
export function outlive({ sentAt, idlesAfter }: Omit<Landed, 'order'>, clock: Clock): number {
  const age = ageOf(sentAt, clock)
  return age < idlesAfter ? idlesAfter : age + CLOCKS_DIFFER
}
