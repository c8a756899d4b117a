import type { ModelSession } from './hanko-model.ts'

/** By the clock that the core's pauses go by. */
type Times = WeakMap<ModelSession, number>

const answers: Times = new WeakMap()
const requests: Times = new WeakMap()
const touches: Times = new WeakMap()

/** A request was answered with the session. From memory Hanko does not see it: it must be told in time. */
export const noteUse = (session: ModelSession, at: number): void => void answers.set(session, at)
export const lastUseOf = (session: ModelSession): number => answers.get(session) ?? -Infinity

/** A user's request for it begins. */
export const noteRequest = (session: ModelSession, at: number): void => void requests.set(session, at)

/**
 * Hanko is told of a use, by a POST sent at that time. Nothing but a user's request is one: an open stream keeps no
 * session alive.
 *
 * @returns whether there was a request since it was told last
 */
export function noteTouch(session: ModelSession, sentAt: number): boolean {
  const last = touches.get(session) ?? -Infinity
  touches.set(session, sentAt)
  return (requests.get(session) ?? -Infinity) >= last
}
