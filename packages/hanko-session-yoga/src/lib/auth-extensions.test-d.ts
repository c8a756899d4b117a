import { it } from 'vitest'
import { auth } from './auth-extensions.ts'

it('takes rules as @auth has them, and nothing that is misspelt', () => {
  auth()
  auth({ roles: 'admin' }, { scopes: [['a', 'b'], ['c']], fresh: true })
  auth({ amr: ['passkey', 'ext:google'], maxAge: '15m' })
  // @ts-expect-error - misspelt
  auth({ role: 'admin' })
  // @ts-expect-error - a list of lists
  auth({ scopes: ['a', 'b'] })
  // @ts-expect-error - a number has no unit
  auth({ maxAge: 900 })
  // @ts-expect-error - no way to sign in
  auth({ amr: 'passkeys' })
})
