import type { SignedIn } from 'hanko-session/testing'
import type { AuthOptions } from '../src/index.ts'
import { startHanko, type TestHanko } from './start-hanko.ts'

/** A Hanko whose users have roles and scopes, and what `@auth` means for them. */
export interface RulesHanko extends TestHanko {
  /** With the role, and signed in by a passkey. */
  readonly admin: SignedIn
  /** With neither. */
  readonly eve: SignedIn
  /** An admin by the admin API, to whom nobody signed in. */
  readonly made: SignedIn
  readonly auth: AuthOptions
  /** The functions of the app that ran, in order. */
  readonly calls: string[]
  /** Forgets what ran, and what Hanko was asked. */
  reset(): void
}

export async function startRulesHanko(): Promise<RulesHanko> {
  const test = await startHanko()
  const calls: string[] = []
  return {
    ...test,
    admin: await test.emulator.signIn({
      claims: { roles: ['admin'], scopes: ['read', 'write'] },
      amr: ['pwd', 'passkey'],
    }),
    eve: await test.emulator.signIn({ claims: { roles: [], scopes: ['read'] } }),
    made: await test.emulator.signIn({ claims: { roles: ['admin'], scopes: [] }, amr: [] }),
    calls,
    auth: createAuth(calls),
    reset() {
      calls.length = 0
      test.asked()
    },
  }
}

function createAuth(calls: string[]): AuthOptions {
  return {
    roles(session) {
      calls.push('roles')
      return session.claims['roles'] as string[]
    },
    async scopes({ claims }) {
      calls.push('scopes')
      return claims['scopes'] as string[]
    },
    policies: {
      owner(session, { args }) {
        calls.push('owner')
        return args['of'] === session.userId
      },
      good(session) {
        calls.push('good')
        return session.claims['roles'] !== undefined
      },
      sloppy: () => 'yes' as unknown as boolean,
      broken() {
        throw new Error('internal: the database')
      },
    },
  }
}
