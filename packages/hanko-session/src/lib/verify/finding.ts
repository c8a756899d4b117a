import { type AuthState, type Unavailable, unauthenticated, unavailable } from '../auth-state.ts'
import type { Basis, Remembered } from './basis.ts'

/** What was found out about one token, and by whom. */
export interface Finding {
  readonly state: AuthState<unknown>
  readonly source: 'request' | 'keys' | 'memory' | 'store' | 'hanko'
  /** How long ago Hanko was asked, in milliseconds; for sessions from memory. */
  readonly age?: number
  /** Too many wait already: that is no fault of Hanko's, and nothing stale is served instead. */
  readonly isLineFull?: boolean
  /** Of a session, for those who go on with it: what memory held, or what Hanko said. */
  readonly basis?: Basis | Remembered
  /** Why it is a session from memory that is older than the bound. */
  readonly outage?: Unavailable
}

export const REVOKED: Finding = Object.freeze({ state: unauthenticated('revoked'), source: 'memory' })
export const TIMEOUT: Finding = Object.freeze({ state: unavailable('upstream_timeout'), source: 'hanko' })
