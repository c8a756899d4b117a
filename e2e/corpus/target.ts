import {
  createSessionValidator,
  type RequestInput,
  type SessionValidator,
  type SessionValidatorOptions,
  type StateOptions,
  toPublicReason,
  toRefusal,
} from 'hanko-session'
import { createHankoEmulator, type HankoEmulator } from 'hanko-session/testing'
import { expect, inject } from 'vitest'

/** Whole seconds, so that a test can say "now" and mean it. */
const START = Date.parse('2026-11-23T12:00:00Z')

/** A validator of an emulated Hanko that asks it for every check; both on one clock that stands still. */
export interface Target {
  readonly emulator: HankoEmulator
  readonly hanko: SessionValidator
  /** Seconds. */
  readonly now: number
  /** A genuine token, and the header and payload inside. */
  genuine(): Promise<{
    token: string
    header: Record<string, unknown>
    payload: Record<string, unknown>
    userId: string
    sessionId: string
  }>
  /** A token of a genuine payload with other members; signed by Hanko's own key. `undefined` leaves one out. */
  signed(changes: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>
  /** Another validator of the same Hanko. */
  validator(options: Omit<SessionValidatorOptions, 'claims'>): SessionValidator
  expectAccepted(input: RequestInput | { token: unknown }, options?: StateOptions): Promise<void>
  /** Refused with this status; the client learns no more than `invalid_token`, unless said otherwise; Hanko is not called. */
  expectRefused(
    input: RequestInput | { token: unknown },
    expected?: { status?: number; shown?: string; by?: SessionValidator },
    options?: StateOptions,
  ): Promise<void>
}

export async function createTarget(): Promise<Target> {
  const emulator = await createHankoEmulator({ keys: inject('signingKeys').slice(0, 1), clock: { now: () => START } })
  const validator: Target['validator'] = (options) =>
    createSessionValidator({
      apiUrl: emulator.apiUrl,
      fetch: emulator.fetch,
      clock: { now: () => emulator.clock.now(), monotonic: () => emulator.clock.now() },
      logger: { debug() {}, info() {}, warn() {}, error() {} },
      maxStaleness: 0,
      ...options,
    })
  const hanko = validator({})
  await hanko.validate((await emulator.signIn()).token) // and the keys are known
  emulator.requests.clear()
  const find = (by: SessionValidator, input: RequestInput | { token: unknown }, options?: StateOptions) =>
    'token' in input ? by.validate(input['token'] as string) : by.authenticate(input, options)

  const genuine: Target['genuine'] = async () => {
    const { token, userId, sessionId } = await emulator.signIn()
    const [header, payload] = token
      .split('.', 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>)
    return { token, header: header ?? {}, payload: payload ?? {}, userId, sessionId }
  }

  return {
    emulator,
    hanko,
    validator,
    genuine,
    now: START / 1_000,
    async signed(changes, header) {
      const { payload } = await genuine()
      return emulator.signToken({ ...payload, ...changes }, header)
    },
    async expectAccepted(input, options) {
      const state = await find(hanko, input, options)
      expect(state).toMatchObject({ status: 'authenticated' })
    },
    async expectRefused(input, { status = 401, shown = 'invalid_token', by = hanko } = {}, options) {
      const before = emulator.requests.count()
      const state = await find(by, input, options)
      if (state.status !== 'unauthenticated') throw new Error(`expected a refusal, got ${state.status}`)
      expect([toRefusal(state).status, toPublicReason(state.reason)]).toEqual([status, shown])
      expect(emulator.requests.count() - before).toBe(0)
    },
  }
}
