export { type ClaimRules, type ClaimsRule, createClaimsRule } from './lib/rules/create-claims-rule.ts'
export {
  createStepUpRule,
  type SignInWay,
  type StepUpOptions,
  type StepUpRule,
} from './lib/rules/create-step-up-rule.ts'
export { findSession } from './lib/rules/find-session.ts'
export { toPlainObject } from './lib/to-plain-object.ts'
export { isAnothersResend, toResendMarker } from './lib/rules/resend.ts'
