import type { Acknowledged, Answer, SessionFacts, World } from './world.ts'

/** What an answer was worth. */
export interface Verdict {
  /** What should not have happened. */
  readonly violation?: string
  /** An outage that excuses it. */
  readonly excuse?: string
  /** How many acknowledged revocations forbade to accept: a run in which none did has shown nothing. */
  readonly forbidding: number
}

/** Of the store's clock and of two processes that round to milliseconds. */
const ROUNDING = 5
/** A wall clock this far off is a broken one: what it refuses, and `exp`, are excused; the bound never. */
const BROKEN_CLOCK = 60_000
const RECOVERY = {
  /** The breaker tries again within 2.4 s, and keys may be asked for once in 5 s. */
  hanko: 9_000,
  /** Nobody has to be heard before the store has been tried again. */
  redis: 38_000,
  machine: 3_000,
}

/** Judges one answer by what really happened. */
export function judge(world: World, answer: Answer): Verdict {
  const session = world.sessions[answer.sessionId]
  if (session === undefined) return { violation: 'an answer about nobody', forbidding: 0 }
  const forbidding = world.acknowledged.filter((each) => forbids(world, each, answer)).length
  if (answer.status === 'authenticated') return { ...judgeAccepted(world, answer, session, forbidding), forbidding }
  const judgeOther = answer.status === 'unauthenticated' ? judgeRefused : judgeUnavailable
  return { ...judgeOther(world, answer, session), forbidding }
}

type Found = Omit<Verdict, 'forbidding'>

/** When Hanko ended it or, if nothing else happens, will. */
export function endOf({ idleTimeout = Infinity }: World, session: SessionFacts): number {
  return Math.min(session.endedAt ?? Infinity, session.expiresAt, session.lastUsed + idleTimeout)
}

const errorOf = (world: World, { node }: Answer): number => world.nodes[node]?.clockError ?? 0

function judgeAccepted(world: World, answer: Answer, session: SessionFacts, forbidding: number): Found {
  const { accepted, start, isFresh } = answer
  if (accepted?.sessionId !== session.sessionId || accepted.userId !== session.userId)
    return { violation: 'somebody else was accepted' }
  const late = Math.round(start - endOf(world, session))
  if (late > (isFresh ? 0 : world.bound) + ROUNDING) return { violation: `accepted ${late} ms after it had ended` }
  const error = errorOf(world, answer)
  const known = Math.min(session.expiresAt, session.lastUsed + (world.idleTimeout ?? Infinity))
  if (error < BROKEN_CLOCK && start > known + error + ROUNDING)
    return { violation: `accepted ${Math.round(start - known)} ms after exp, or after its idle timeout` }
  if (forbidding > 0) return { violation: 'accepted in spite of a revocation that was acknowledged' }
  return {}
}

function judgeRefused(world: World, answer: Answer, session: SessionFacts): Found {
  const error = errorOf(world, answer)
  const isBroken = error >= BROKEN_CLOCK
  if (answer.end >= (session.doomedAt ?? Infinity)) return {}
  // A clock that is a little off ends what ends by the clock a little early.
  if (answer.end + (isBroken ? 0 : error) + ROUNDING >= endOf(world, session)) return {}
  if (isBroken) return { excuse: 'a broken clock' }
  return { violation: `refused a live session: ${answer.reason ?? 'without a reason'}` }
}

function judgeUnavailable({ troubles }: World, { node, start, end, reason }: Answer): Found {
  // A Redis that is away is no reason: then a node goes on alone.
  const trouble = troubles.find(
    ({ of, nodes, from, until = Infinity }) =>
      of !== 'redis' && nodes.includes(node) && from <= end && start <= until + RECOVERY[of],
  )
  if (trouble !== undefined) return { excuse: trouble.of }
  return { violation: `unavailable outside an outage: ${reason ?? 'without a reason'}` }
}

/** Whether a revocation that was acknowledged must have reached this node when the request was sent. */
function forbids(world: World, { by, at, sessionIds }: Acknowledged, { node, sessionId, start }: Answer): boolean {
  if (!sessionIds.includes(sessionId) || start <= at || start > at + world.keptFor) return false
  if (restarted(world, node, at, start)) return false
  if (node === by) return true
  const heardBy = at + world.bound
  if (start <= heardBy || restarted(world, by, at, heardBy)) return false
  const isCalm = world.troubles.every(
    ({ of, nodes, from, until = Infinity }) =>
      of !== 'redis' || !(nodes.includes(by) || nodes.includes(node)) || from > heardBy || until + RECOVERY.redis < at,
  )
  return isCalm && world.losses.every((loss) => loss < at || loss > heardBy)
}

const restarted = ({ nodes }: World, node: string, from: number, until: number): boolean =>
  nodes[node]?.starts.some((start) => start > from && start <= until) ?? false
