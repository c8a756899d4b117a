export {
  authErrorOf,
  type AuthProblem,
  type NotAllowed,
  type Outage,
  type SignedOut,
  type StepUpNeeded,
} from './lib/client/auth-error-of.ts'
export {
  type AuthCall,
  type AuthCalls,
  createAuthCalls,
  type GraphQLResult,
  type RetryOptions,
} from './lib/client/create-auth-calls.ts'
