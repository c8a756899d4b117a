export {
  type AuthFields,
  type AuthProblem,
  type NotAllowed,
  type Outage,
  readAuthFields,
  type SignedOut,
  type StepUpNeeded,
  toAuthProblem,
} from './lib/client/auth-problem.ts'
export { type Call, createJudge, type Failure, type Judge } from './lib/client/create-judge.ts'
export type { RetryOptions } from './lib/client/retry-options.ts'
