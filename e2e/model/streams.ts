import { type Authenticated, type AuthState, type SessionWatch, toRefusal } from 'hanko-session'
import type { ModelSession } from './hanko-model.ts'
import { judge } from './judge.ts'
import type { Stage, Stream } from './stage.ts'

/** How often a stream is checked where requests always are: the default of `streamCheck`. */
const STREAM_CHECK = 5_000

/** How long ago a session may have ended whose stream still delivers. */
function boundOf({ setting: { maxStaleness, staleIfError } }: Stage): number {
  return (maxStaleness === 0 ? STREAM_CHECK * 1.5 : maxStaleness) + staleIfError
}

export function openStream(stage: Stage, session: ModelSession, watch: SessionWatch): void {
  if (watch.state.status !== 'authenticated') return
  const stream: Stream = { session, watch, since: stage.moment() }
  stage.streams.add(stream)
  watch.signal.addEventListener('abort', () => judgeEnd(stage, stream))
}

/** An event for each stream: whoever may deliver it has been accepted now, as by a request that begins now. */
export function judgeStreams(stage: Stage): void {
  for (const stream of stage.streams) {
    const { session, watch } = stream
    if (watch.refusal() !== undefined) continue
    const start = stage.moment()
    judge(stage, { sessions: [session], start, bound: boundOf(stage), way: 'stream' }, watch.state)
    stream.since = start
  }
}

/** A stream ends for a reason that holds, and for good. */
function judgeEnd(stage: Stage, stream: Stream): void {
  const { session, watch, since } = stream
  if (!stage.streams.delete(stream)) return
  const refused = watch.refusal()
  if (refused === undefined) return void stage.wrongs.push('stream: it ended, and has no reason')
  const { reason } = refused
  const isOver = toRefusal(refused).status < 500
  // A clock that leapt made what was known older at once, and the next check comes when a timer is due all the same.
  if (!isOver && stage.time.monotonic() - stage.leaptAt <= boundOf(stage)) return
  const state = { status: isOver ? 'unauthenticated' : 'unavailable', reason } as Exclude<AuthState, Authenticated>
  // Any wall clock since it was last looked at may have said so.
  const start = { ...stage.moment(), wall: since.wall, command: since.command }
  judge(stage, { sessions: [session], start, bound: boundOf(stage), way: 'the end of a stream' }, state)
}
