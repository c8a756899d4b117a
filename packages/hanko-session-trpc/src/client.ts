export {
  authErrorOf,
  type AuthProblem,
  type NotAllowed,
  type Outage,
  type SignedOut,
  type StepUpNeeded,
} from './lib/client/auth-error-of.ts'
export { authLink } from './lib/client/auth-link.ts'
export type { AuthLinkOptions } from './lib/client/auth-link-options.ts'
export { resendHeaders } from './lib/client/resend-headers.ts'
