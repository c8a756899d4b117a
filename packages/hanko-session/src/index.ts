export { createSessionValidator, type SessionValidator } from './lib/create-session-validator.ts'
export type { Clock, Fetch, SessionValidatorOptions, TokenSource } from './lib/options.ts'
export type { Duration } from './lib/duration.ts'
export type { Decision, Logger } from './lib/decision-log.ts'
export type { AuthState, Authenticated, Unauthenticated, Unavailable } from './lib/auth-state.ts'
export type { Session, SessionEmail } from './lib/session.ts'
export { asRequestAuth, type RequestAuth, type StateOptions } from './lib/request-auth.ts'
export type {
  HeadersInput,
  LambdaEvent,
  NodeRequest,
  RequestInput,
  WebSocketRequest,
} from './lib/token/request-facts.ts'
export { requireSession } from './lib/require-session.ts'
export { type Refusal, type RefusedFor, toRefusal } from './lib/refusal.ts'
export {
  HankoAuthError,
  isHankoAuthError,
  type PublicReason,
  type Reason,
  toMessage,
  toPublicReason,
  type UnauthenticatedReason,
  type UnavailableReason,
} from './lib/errors.ts'
