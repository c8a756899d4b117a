import { afterEach, describe, expect, it } from 'vitest'
import { checkPayload } from './check-payload.ts'

const NOW = 1_700_000_000_000
const EXPECTED = { audience: ['app'], issuer: undefined, clockSkew: 5_000 }
const GOOD = {
  sub: 'f3a2b1c0-1234-4abc-8def-0123456789ab',
  session_id: '4f9c1d0e-8a55-4c0b-9d0f-0d3cb2a1f6aa',
  iat: 1_699_999_000,
  exp: 1_700_001_000,
  aud: ['app'],
}
const ENDED = { ...GOOD, exp: 1_699_999_999 }
/** As it comes from a token: with prototypes. */
const check = (payload: object) => checkPayload(JSON.parse(JSON.stringify(payload)) as object, EXPECTED, NOW)

describe('checkPayload', () => {
  afterEach(() => {
    for (const name of ['exp', 'nbf', 'iss', 'sub']) Reflect.deleteProperty(Object.prototype, name)
  })

  it('gives whose session it is, and all that was signed', () => {
    const payload = { ...GOOD, email: { address: 'a@example.com' } }
    expect(check(payload)).toEqual({
      userId: GOOD.sub,
      sessionId: GOOD.session_id,
      issuedAt: GOOD.iat,
      expiresAt: GOOD.exp,
      audience: ['app'],
      all: payload,
    })
  })

  it.each([
    ['wrong_token_type', { ...ENDED, sub: 'hanko webhooks' }],
    ['malformed_token', { ...ENDED, sub: 'ada' }],
    ['malformed_token', { ...ENDED, session_id: GOOD.session_id.toUpperCase() }],
    ['malformed_token', { ...ENDED, nbf: '1' }],
    ['malformed_token', { ...ENDED, iat: ENDED.exp + 1 }],
    ['expired', { ...ENDED, aud: ['other'] }],
    ['expired', { ...ENDED, aud: 7 }],
    ['expired', { ...ENDED, nbf: GOOD.exp }],
    ['not_yet_valid', { ...GOOD, nbf: GOOD.exp, aud: ['other'] }],
    ['wrong_audience', { ...GOOD, aud: ['other'] }],
  ])('says %s first of several faults', (reason, payload) => {
    expect(check(payload)).toBe(reason)
  })

  it.each([
    [{ iat: NOW / 1_000 + 5, nbf: NOW / 1_000 + 5 }, undefined],
    [{ iat: NOW / 1_000 + 5.001 }, 'not_yet_valid'],
    [{ nbf: NOW / 1_000 + 5.001 }, 'not_yet_valid'],
    [{ nbf: -1 }, undefined],
    [{ exp: NOW / 1_000 + 1 }, undefined],
    [{ exp: NOW / 1_000 }, 'expired'], // no leeway for this
    [{ iat: GOOD.exp, exp: GOOD.exp }, 'not_yet_valid'],
    [{ iat: NOW / 1_000 + 1, exp: NOW / 1_000 + 1 }, undefined],
  ])('allows iat and nbf the skew, and exp nothing: %j', (changes, reason) => {
    const payload = check({ ...GOOD, ...changes })
    expect(typeof payload === 'string' ? payload : undefined).toBe(reason)
  })

  it("takes exactly those ids that are spelt as a UUID, the session's in small letters", () => {
    const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
    const ids = [
      GOOD.sub,
      GOOD.sub.toUpperCase(),
      '',
      '-'.repeat(36),
      '0'.repeat(36),
      GOOD.sub.slice(1),
      `${GOOD.sub}0`,
    ]
    // Each character in each place, and hyphens moved about.
    for (let at = 0; at < 36; at++) {
      for (const character of '0af9gAFG-/:@`\u007f\u0080\u0130\u212a\ud83d')
        ids.push(GOOD.sub.slice(0, at) + character + GOOD.sub.slice(at + 1))
      for (const hyphen of [8, 13, 18, 23]) {
        const others = GOOD.sub.slice(0, hyphen) + GOOD.sub.slice(hyphen + 1)
        ids.push(`${others.slice(0, at)}-${others.slice(at)}`)
      }
    }
    const isTaken = (changes: object) => typeof check({ ...GOOD, ...changes }) !== 'string'
    expect(ids.filter((id) => isTaken({ session_id: id }) !== uuid.test(id))).toEqual([])
    expect(ids.filter((id) => isTaken({ sub: id }) !== new RegExp(uuid, 'i').test(id))).toEqual([])
  })

  it('reads nothing that code has put on every object', () => {
    Object.assign(Object.prototype, { exp: GOOD.exp, sub: GOOD.sub, nbf: 'never', iss: 'x' })
    expect(check(GOOD)).toMatchObject({ userId: GOOD.sub })
    const { exp: _exp, ...endless } = GOOD
    const { sub: _sub, ...nobodys } = GOOD
    expect([check(endless), check(nobodys)]).toEqual(['malformed_token', 'malformed_token'])
  })
})
