import { buildSchema } from 'graphql'
import { createSessionValidator } from 'hanko-session'
import { describe, expect, it } from 'vitest'
import { toOwn } from './to-own.ts'
import { useHankoSession } from './use-hanko-session.ts'
import { withAuth } from './with-auth.ts'

const hanko = createSessionValidator({ apiUrl: 'https://hanko.example' })
const schema = buildSchema('type Query { a: Int }')

describe('options', () => {
  it.each([{ defualt: 'protected' }, { Roles: () => [] }, 'protected'])('of withAuth are not %j', (options) => {
    expect(() => withAuth(schema, options as object)).toThrow(TypeError)
  })

  it('that are misspelt are named, beside those there are', () => {
    expect(() => withAuth(schema, { defualt: 'protected' } as object)).toThrow(
      'defualt is none of the options scopes, roles, policies, default, allowAdminSessions',
    )
    expect(() => useHankoSession(hanko, { parital: true } as object)).toThrow(
      'parital is none of the options partial, reportOnly',
    )
  })

  it('are read whole or not at all: what they inherit would be left out', () => {
    class Strict {
      get default() {
        return 'protected'
      }
    }
    class Partial {
      get partial() {
        return true
      }
    }
    expect(() => withAuth(schema, new Strict() as object)).toThrow('options must be a plain object')
    expect(() => useHankoSession(hanko, new Partial())).toThrow('options must be a plain object')
    expect(() => withAuth(schema, Object.create(null) as object)).not.toThrow()
  })

  it('are nobody’s where code has put them on every object', () => {
    Object.assign(Object.prototype, { partial: true })
    try {
      expect(toOwn<{ partial?: boolean }>({}, { partial: 'boolean' }).partial).toBeUndefined()
    } finally {
      delete (Object.prototype as { partial?: boolean }).partial
    }
    expect(() => toOwn({ constructor: Object }, {} as never)).toThrow('constructor is none of the options')
  })

  it('that are right are taken, also those that are undefined', () => {
    const all = {
      scopes: undefined,
      roles: () => [],
      policies: {},
      default: 'public',
      allowAdminSessions: false,
    } as const
    expect(() => withAuth(schema, all)).not.toThrow()
    expect(() => useHankoSession(hanko, { partial: true, reportOnly: undefined })).not.toThrow()
  })
})

describe('useHankoSession', () => {
  it.each([undefined, null, {}, 'https://hanko.example', { apiUrl: 'https://hanko.example' }, () => hanko])(
    'refuses %j, which is no validator, when it is called',
    (given) => {
      expect(() => useHankoSession(given as never)).toThrow(TypeError)
      expect(() => useHankoSession(given as never)).toThrow('useHankoSession needs what createSessionValidator made')
    },
  )
})
