import type { AuthState } from 'hanko-session'
import type { ModelSession } from './hanko-model.ts'
import { CLOCK_SKEW, DEADLINE, type Moment, RECOVERY, type Stage } from './stage.ts'
import { lastUseOf } from './uses.ts'

/** A check that has ended: who was asked about, from when on, and how. */
export interface Check {
  readonly sessions: readonly ModelSession[]
  readonly start: Moment
  /** How long ago a session that is accepted may have ended, in milliseconds. */
  readonly bound: number
  readonly way: string
}

const lifeOf = ({ setting: { maxStaleness, staleIfError } }: Stage): number =>
  maxStaleness + staleIfError + 2 * DEADLINE + 60_000

/** Notes what should not have happened. */
export function judge(stage: Stage, check: Check, state: AuthState): void {
  const wrong = (what: string): void => {
    const { start, way } = check
    const at = `${stage.time.now() - start.now} ms after it began, at command ${start.command}`
    stage.wrongs.push(`${way}: ${what} (${at})`)
  }
  if (state.status === 'authenticated') judgeAccepted(stage, check, state.session, wrong)
  else if (state.status === 'unauthenticated') judgeRefused(stage, check, state.reason, wrong)
  else judgeUnavailable(stage, state.reason, wrong)
}

type Wrong = (what: string) => void

function judgeAccepted(
  stage: Stage,
  { sessions, start, bound }: Check,
  { sessionId, userId, staleSince }: { sessionId: string; userId: string; staleSince?: number },
  wrong: Wrong,
): void {
  const { setting, model, time } = stage
  const session = sessions.find((asked) => asked.sessionId === sessionId)
  if (session === undefined || session.userId !== userId) return wrong('somebody else was accepted')
  const end = model.endOf(session)
  const grace = staleSince === undefined ? 0 : setting.staleIfError
  if (end < start.now - bound - grace) wrong(`accepted ${start.now - end} ms after it had ended`)
  // With no bound nothing is known of idleness; a clock that steps may be wrong at the moment of the answer.
  const isLocal = setting.maxStaleness === Infinity
  const known = isLocal ? session.expiresAt : Math.min(session.expiresAt, session.lastUsed + setting.idleTimeout)
  if (setting.clocks !== 'stepped' && known <= start.now) wrong('accepted after exp, or after its idle timeout')
  if (Math.min(...wallsSince(stage, start)) >= session.expiresAt) wrong('accepted after exp by its own clock')
  if (revocationsOf(stage, session).some(({ at }) => isBinding(stage, at))) wrong('accepted after its revocation')
  const isFromBefore = stage.revoked.some(
    ({ of, at }) => 'userId' in of && of.userId === userId && of.ended.includes(session) && isBinding(stage, at),
  )
  if (isFromBefore) wrong('accepted by an answer from before a revocation that Hanko was to be asked after')
  const other = sessions.find(
    (asked) => asked.userId !== userId && model.endOf(asked) > time.now() && !mayBeRefused(stage, asked, start),
  )
  if (other !== undefined) wrong('accepted though the request has a live session of another user')
}

function judgeRefused(stage: Stage, { sessions, start }: Check, reason: string, wrong: Wrong): void {
  const { model, time } = stage
  const live = sessions.filter((session) => model.endOf(session) > time.now() && !mayBeRefused(stage, session, start))
  if (reason === 'ambiguous_credentials') {
    const users = new Set(
      sessions.filter((session) => model.endOf(session) >= boundStart(stage, start)).map((session) => session.userId),
    )
    if (users.size < 2) wrong('ambiguous, though all sessions are of one user')
  } else if (live.length > 0) wrong(`refused a live session: ${reason}`)
  else judgeIdle(stage, sessions, start, reason, wrong)
}

/** The earliest end that may still count as life. */
const boundStart = ({ setting }: Stage, start: Moment): number =>
  start.now - setting.maxStaleness - setting.staleIfError

function judgeIdle(stage: Stage, sessions: readonly ModelSession[], start: Moment, reason: string, wrong: Wrong): void {
  const { setting, trouble } = stage
  if (setting.clocks !== 'true' || setting.maxStaleness === Infinity || setting.idleTimeout === Infinity) return
  for (const session of sessions) {
    const lastUse = lastUseOf(session)
    const isUntroubled = trouble.last + RECOVERY < lastUse && !trouble.isOn
    const isActive = start.monotonic - lastUse < setting.idleTimeout / 2
    const isEnded = session.endedAt < Infinity || session.expiresAt <= stage.time.now()
    if (isUntroubled && isActive && !isEnded && !mayBeRefused(stage, session, start))
      wrong(`an active user was logged out: ${reason}`)
  }
}

/** Who is active never waits: a refresh begins in time for the next request. */
export function judgeUnknown(stage: Stage, session: ModelSession): void {
  const { setting, trouble, model, time } = stage
  const { maxStaleness, clocks, hold } = setting
  if (maxStaleness === 0 || maxStaleness === Infinity || clocks !== 'true' || hold !== 'text' || trouble.isOn) return
  const lastUse = lastUseOf(session)
  const isUntroubled = trouble.last + RECOVERY < lastUse && trouble.rotatedAt + RECOVERY < lastUse
  const isActive = time.monotonic() - lastUse < maxStaleness / 3
  const isLive = model.endOf(session) > time.now() && !mayBeRefused(stage, session, stage.moment())
  // After a revocation that may mean it, Hanko is asked.
  if (stage.revoked.some(({ of }) => 'userId' in of && of.userId === session.userId)) return
  if (isUntroubled && isActive && isLive) stage.wrongs.push('known: an active session was not known')
}

function judgeUnavailable({ time, trouble }: Stage, reason: string, wrong: Wrong): void {
  if (trouble.isOn || time.monotonic() - trouble.last < RECOVERY) return
  // Tokens of several new keys at once empty the bucket.
  if (reason === 'keys_unavailable' && time.monotonic() - trouble.rotatedAt < 20_000) return
  wrong(`unavailable without an outage: ${reason}`)
}

/** Whether this process was told that the session has ended, or its own wall clock says so. */
function mayBeRefused(stage: Stage, session: ModelSession, start: Moment): boolean {
  const walls = wallsSince(stage, start)
  if (Math.max(...walls) >= session.expiresAt || Math.min(...walls) < session.issuedAt - CLOCK_SKEW) return true
  // Which key must have been listed is told by the wall clock too.
  if (stage.setting.clocks === 'stepped' && stage.trouble.rotatedAt > -Infinity) return true
  return revocationsOf(stage, session).some(({ at }) => start.now - at.now <= lifeOf(stage))
}

/** Whether a tombstone lives by both clocks; the outcome was not there yet when it was made. */
function isBinding(stage: Stage, at: Moment): boolean {
  // A tombstone that was over when the wall clock was ahead does not come back.
  const wall = Math.max(...wallsSince(stage, at))
  const { now, monotonic } = stage.moment()
  return Math.max(now - at.now, wall - at.wall, monotonic - at.monotonic) < lifeOf(stage)
}

/** Of a user's revocations the last one makes all of them live longer. */
function revocationsOf({ revoked }: Stage, session: ModelSession): Stage['revoked'] {
  const ofUser = revoked.filter(({ of }) => 'userId' in of && of.userId === session.userId)
  const refuseBefore = Math.max(...ofUser.map(({ of }) => ('userId' in of ? of.refuseBefore : 0)))
  const last = session.issuedAt < refuseBefore ? ofUser.slice(-1) : []
  return [...revoked.filter(({ of }) => 'sessionId' in of && of.sessionId === session.sessionId), ...last]
}

function wallsSince({ walls, time }: Stage, start: Moment): number[] {
  return [start.wall, time.wall(), ...walls.filter(({ command }) => command > start.command).map(({ wall }) => wall)]
}
