import type { Duration } from '../../duration.ts'
import type { EmulatorRoute } from '../request-log.ts'

/** Where a fault holds: one route, or `'all'` public routes (the admin API has its own, `'admin'`). */
export type FaultTarget = EmulatorRoute | 'all'

/** What can go wrong. All of it is plain JSON. */
export type FaultKind =
  /** The answer comes late, by the real clock. Goes together with any other fault. */
  | { kind: 'latency'; by: Duration }
  /** No answer at all until the caller gives up, as with a frozen database. */
  | { kind: 'hang' }
  /** This status, for example 429 with `{ 'Retry-After': '2' }`. The body is Hanko's `{code,message}` unless given. */
  | { kind: 'status'; status: number; headers?: Record<string, string>; body?: string }
  /** The connection breaks: before any header, or half-way through the true answer's body. */
  | { kind: 'reset'; at?: 'headers' | 'body' }
  /** 200 with this text as JSON. */
  | { kind: 'malformed'; body: string; contentType?: string }
  /** 200 with a body that never ends. */
  | { kind: 'endless' }
  /** @default 307 */
  | { kind: 'redirect'; to: string; status?: 301 | 302 | 303 | 307 | 308 }
  /**
   * Hanko's database: `down` as when it refuses connections (validate then says 200 `is_valid:false`, JWKS 500),
   * `sessions-missing` as when only its sessions table is broken (validate then says 500, JWKS is fine).
   */
  | { kind: 'database'; state: 'down' | 'sessions-missing' }
  /** A cache in front answers with what this route last said: 200 and `Age`, whatever Hanko's state. For `jwks`. */
  | { kind: 'stale-cache'; age: number }

/** A fault, and how many requests it meets before it is over. */
export type Fault = FaultKind & {
  /** @default Infinity */
  times?: number
}
