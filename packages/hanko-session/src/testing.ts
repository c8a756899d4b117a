/**
 * A Hanko for tests, demos and offline work. Web APIs only, and no test runner.
 *
 * @module
 */
export { createHankoEmulator } from './lib/testing/create-hanko-emulator.ts'
export type { EmulatorApi } from './lib/testing/answer-request.ts'
export type { HankoEmulator } from './lib/testing/create-hanko-emulator.ts'
export type { EmulatorClock } from './lib/testing/emulator-clock.ts'
export type { EmulatedCookieOptions, HankoEmulatorOptions, JwtTemplate } from './lib/testing/emulator-options.ts'
export type { EmulatorFaults } from './lib/testing/faults/fault-registry.ts'
export type { Fault, FaultKind, FaultTarget } from './lib/testing/faults/fault-types.ts'
export type { WebhookFault, WebhookFaults } from './lib/testing/faults/webhook-faults.ts'
export { ConnectionResetError } from './lib/testing/faults/faulty-answer.ts'
export type { EmulatorRoute, LoggedRequest, RequestLog } from './lib/testing/request-log.ts'
export type { SignedIn, SignInOptions } from './lib/testing/sign-in.ts'
export type { EmulatedEmail, EmulatedUser } from './lib/testing/state/users.ts'
export type { EmulatedWebhooks, WebhookEvent, WebhookOptions } from './lib/testing/webhooks.ts'
