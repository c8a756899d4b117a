import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { createSessionValidator, type SessionValidator } from './create-session-validator.ts'

interface Role {
  role: 'admin' | 'editor'
}

describe('createSessionValidator', () => {
  it('types claims by the schema, of any Standard Schema library', () => {
    expectTypeOf(createSessionValidator({ claims: z.object({ role: z.enum(['admin', 'editor']) }) })).toEqualTypeOf<
      SessionValidator<Role>
    >()
    expectTypeOf(createSessionValidator({ claims: v.object({ role: v.picklist(['admin', 'editor']) }) })).toEqualTypeOf<
      SessionValidator<Role>
    >()
    expectTypeOf(createSessionValidator({ claims: type({ role: "'admin' | 'editor'" }) })).toEqualTypeOf<
      SessionValidator<Role>
    >()
  })

  it('leaves claims unknown without one', () => {
    expectTypeOf(createSessionValidator()).toEqualTypeOf<SessionValidator>()
  })

  it('takes no misspelt or wrong option', () => {
    // @ts-expect-error -- no such option
    createSessionValidator({ trustedOrigin: ['https://app.example'] })
    // @ts-expect-error -- a unit is missing
    createSessionValidator({ deadline: '30' })
    // @ts-expect-error -- not a Standard Schema
    createSessionValidator({ claims: {} })
    // @ts-expect-error -- tokens are never read from a query string
    createSessionValidator({ tokenSources: ['query'] })
    // @ts-expect-error -- several Hankos have a door of their own
    createSessionValidator({ tenants: 'uuid', tenant: () => undefined })
  })

  it('narrows a state by its status', async () => {
    const state = await createSessionValidator().validate('token')
    // @ts-expect-error -- not before the status is known
    void state.session
    if (state.status === 'authenticated') expectTypeOf(state.session.userId).toEqualTypeOf<string>()
    if (state.status === 'unavailable') expectTypeOf(state.retryAfter).toEqualTypeOf<number | undefined>()
  })
})
