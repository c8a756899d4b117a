export {
  createSessionValidator,
  type KnownOptions,
  type Revocation,
  type SessionValidator,
  type ValidateOptions,
  type ValidatorStats,
} from './lib/create-session-validator.ts'
export type { CacheOptions, Clock, Fetch, SessionValidatorOptions, TokenSource } from './lib/options.ts'
export type {
  SharedRevocation,
  SharedStore,
  StoredAnswer,
  StoredSession,
  StoreListener,
  StoreOptions,
  StoreReading,
  StoreReadOptions,
  StoreStats,
  StoreWriteOptions,
  UserRevoked,
} from './lib/shared-store.ts'
export type { Duration } from './lib/duration.ts'
export type { Limits } from './lib/limits.ts'
export type { Decision, Logger } from './lib/decision-log.ts'
export type { AuthState, Authenticated, Forbidden, Unauthenticated, Unavailable } from './lib/auth-state.ts'
export type { Session, SessionEmail } from './lib/session.ts'
export { asRequestAuth, type RequestAuth, type SessionWatch, type StateOptions } from './lib/request-auth.ts'
export type { HeadersInput, LambdaEvent, NodeRequest, RequestInput, WebSocketRequest } from './lib/request-input.ts'
export { requireSession } from './lib/require-session.ts'
export { type Refusal, toRefusal } from './lib/refusal.ts'
export {
  type ForbiddenReason,
  HankoAuthError,
  isHankoAuthError,
  type PublicReason,
  type Reason,
  type RefusedFor,
  type StepUp,
  toMessage,
  toPublicReason,
  type UnauthenticatedReason,
  type UnavailableReason,
} from './lib/errors.ts'
