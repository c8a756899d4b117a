import { afterEach, describe, expect, it } from 'vitest'
import { toCustomClaims } from './custom-claims.ts'
import { toSession } from './to-session.ts'

const PUT_ON_ALL = {
  email: { address: 'x@example.com' },
  address: 'x',
  is_primary: true,
  iss: 'x',
  username: 'x',
  amr: ['pwd'],
  role: 'admin',
}
/** As it comes from a token: with prototypes. */
const payloadOf = (text: string) => ({
  userId: 'u',
  sessionId: 's',
  issuedAt: 1,
  expiresAt: 2,
  audience: [],
  all: JSON.parse(text) as object,
})

describe('a session', () => {
  afterEach(() => {
    for (const name of Object.keys(PUT_ON_ALL)) Reflect.deleteProperty(Object.prototype, name)
  })

  it('has nothing that code has put on every object', () => {
    const [none, withEmail] = [payloadOf('{}'), payloadOf('{"email":{"address":"a@example.com"}}')]
    Object.assign(Object.prototype, PUT_ON_ALL)
    const session = toSession(none, toCustomClaims(none.all))
    const { email } = toSession(withEmail, {})
    const noAddress = toSession(payloadOf('{"email":{}}'), {})
    const claims = Object.getPrototypeOf(session.claims) as unknown
    const own = [session, noAddress].map((each) => Object.keys(each).toSorted())
    for (const name of Object.keys(PUT_ON_ALL)) Reflect.deleteProperty(Object.prototype, name)
    expect(own[0]).toEqual(['amr', 'audience', 'claims', 'expiresAt', 'issuedAt', 'sessionId', 'userId'])
    expect(own[1]).toEqual(own[0])
    expect([session.amr, Object.keys(session.claims as object), claims]).toEqual([[], [], null])
    expect(email).toEqual({ address: 'a@example.com', isPrimary: false, isVerified: false })
  })

  it('has the claims of the operator, without prototypes at every level, and none that would change one', () => {
    const { all } = payloadOf('{"sub":"u","username":"n","__proto__":{"a":1},"x":{"__proto__":{"a":1},"y":[{"z":1}]}}')
    const claims = toCustomClaims(all) as { x: { y: object[] } }
    expect(JSON.stringify(claims)).toBe('{"x":{"y":[{"z":1}]}}')
    for (const each of [claims, claims.x, claims.x.y[0]]) expect(Object.getPrototypeOf(each)).toBeNull()
  })
})
