import type { Entry } from '../cache/memory.ts'
import type { SessionMemory } from '../cache/session-memory.ts'
import type { Settings } from '../options.ts'
import type { Finding } from './finding.ts'

/** What memory says when Hanko cannot be asked, if the user chose to accept that. */
export function staleInstead(
  text: string,
  entry: Entry | undefined,
  { state, isLineFull }: Finding,
  { maxStaleness, staleIfError }: Pick<Settings, 'maxStaleness' | 'staleIfError'>,
  memory: Pick<SessionMemory, 'recall'>,
): Finding | undefined {
  if (entry === undefined || staleIfError === 0 || isLineFull === true || state.status !== 'unavailable')
    return undefined
  if (state.reason !== 'upstream_unavailable' && state.reason !== 'upstream_timeout') return undefined
  const recalled = memory.recall(entry, maxStaleness + staleIfError)
  if (recalled === undefined) return undefined
  const session = Object.freeze({ ...recalled.state.session, staleSince: entry.confirmedWall })
  const stale = Object.freeze({ status: 'authenticated' as const, session })
  return { state: stale, source: 'memory', age: recalled.age, basis: { text, entry }, outage: state }
}
