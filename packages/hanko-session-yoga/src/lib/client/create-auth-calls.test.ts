import { describe, expect, it } from 'vitest'
import { createAuthCalls } from './create-auth-calls.ts'

const refused = (code: string, reason: string, more: object = {}) => ({
  errors: [{ message: 'x', extensions: { code, auth: { reason, ...more } } }],
})
const STEP_UP = refused('FORBIDDEN', 'step_up_required', { stepUp: { maxAge: 30 }, resend: 'a-marker' })
const OUTAGE = refused('SERVICE_UNAVAILABLE', 'upstream_unavailable')
const start = () => createAuthCalls({ onStepUp: () => true, sleep: () => Promise.resolve() })

describe('createAuthCalls', () => {
  it('lets a result stand that has nothing to do with the session', () => {
    const call = start().begin('query')
    expect([call.send(), call.judge({ data: {} }), call.judge({ errors: [{ message: 'x' }] })]).toEqual([
      {},
      undefined,
      undefined,
    ])
  })

  it('sends what was refused for a step-up with its marker, once', async () => {
    const call = start().begin('mutation')
    expect([call.send(), await call.judge(STEP_UP), call.send()]).toEqual([{}, true, { hankoResend: 'a-marker' }])
    expect(call.judge(STEP_UP)).toBeUndefined()
  })

  it.each([
    ['query', STEP_UP, true],
    ['query', { ...STEP_UP, data: null }, true],
    ['mutation', { ...STEP_UP, data: null }, false],
    ['subscription', STEP_UP, false],
    [
      'query',
      {
        errors: STEP_UP.errors.map(({ message }) => ({
          message,
          extensions: { code: 'FORBIDDEN', auth: { reason: 'step_up_required' } },
        })),
      },
      false,
    ],
  ] as const)('of a %s that was answered %j after a step-up: sends it again, %s', async (kind, result, isAgain) => {
    expect(await start().begin(kind).judge(result)).toBe(isAgain)
  })

  it.each([
    ['query', OUTAGE, true],
    ['query', { ...OUTAGE, data: { me: null } }, true],
    ['mutation', OUTAGE, true],
    ['mutation', { ...OUTAGE, data: null }, undefined],
    ['mutation', { errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }] }, undefined],
    ['subscription', OUTAGE, undefined],
  ] as const)('of a %s that was answered %j in an outage: sends it again, %s', async (kind, result, isAgain) => {
    expect(await start().begin(kind).judge(result)).toBe(isAgain)
  })

  it('names the option that is wrong', () => {
    expect(() => createAuthCalls({ retries: 11 })).toThrow('retries')
    expect(() => createAuthCalls({ onStepUp: true as never })).toThrow('onStepUp')
    expect(() => createAuthCalls({ onStepup() {} } as object)).toThrow('onStepup is not an option')
  })
})
