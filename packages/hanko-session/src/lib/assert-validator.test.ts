import { describe, expect, it } from 'vitest'
import { assertValidator } from './assert-validator.ts'
import { createSessionValidator } from './create-session-validator.ts'
import { createNodeGuard } from './node/create-node-guard.ts'
import { requireSession } from './require-session.ts'

const NONE = [undefined, null, {}, 'https://hanko.example', { apiUrl: 'https://hanko.example' }] as never[]
const hanko = createSessionValidator({ apiUrl: 'https://hanko.example' })

describe('a guard', () => {
  it.each(NONE)('is not made of %j', (given) => {
    const guards = {
      requireSession: () => requireSession(given, () => new Response()),
      createNodeGuard: () => createNodeGuard(given),
    }
    for (const [name, make] of Object.entries(guards)) {
      expect(make).toThrow(TypeError)
      expect(make).toThrow(`${name} needs what createSessionValidator made`)
    }
  })

  it('is made of a validator, and of one that somebody wrapped', () => {
    expect(() => assertValidator(hanko, 'it')).not.toThrow()
    expect(() => assertValidator({ ...hanko }, 'it')).not.toThrow()
  })
})

describe('requireSession', () => {
  it('needs a handler when it is called, not when a request comes', () => {
    expect(() => requireSession(hanko, undefined as never)).toThrow('requireSession needs a handler, a function')
  })
})
