import { describe, expect, it } from 'vitest'
import { startHanko } from '../../test/start-hanko.ts'
import { createAuthsByRequest } from './auths-by-request.ts'

const { hanko } = await startHanko()
const create = () => createAuthsByRequest((request) => hanko.forRequest(request))

describe('createAuthsByRequest', () => {
  it.each([
    ['a Request', new Request('http://localhost/')],
    ['headers of Node', { headers: {} }],
    ['what is frozen', Object.freeze({ headers: {} })],
  ])('has one for %s', (_, request) => {
    const auths = create()
    expect(auths.find(request)).toBeUndefined()
    const auth = auths.of(request)
    expect([auths.of(request), auths.find(request)]).toEqual([auth, auth])
  })

  it('has others for a copy, and for an heir', () => {
    const auths = create()
    const request = { headers: {} }
    const auth = auths.of(request)
    for (const other of [{ ...request }, Object.create(request) as typeof request]) {
      expect(auths.find(other)).toBeUndefined()
      const own = auths.of(other)
      expect(own).not.toBe(auth)
      expect(auths.of(other)).toBe(own)
    }
    expect(auths.of(request)).toBe(auth)
  })

  it('shares nothing with that of another plugin', () => {
    const request = { headers: {} }
    expect(create().of(request)).not.toBe(create().of(request))
  })
})
