// The one file that knows whose implementation is tried: to try another, write this one again.
import { createSchema, createYoga } from 'graphql-yoga'
import type { Session, SessionValidator } from 'hanko-session'
import { authTypeDefs, useHankoSession, withAuth } from 'hanko-session-yoga'
import { PEOPLE, POLICIES } from './callers.ts'
import { giveValues, type Ran } from './give-values.ts'
import type { Suite } from './suite.ts'

export interface Contestant {
  /** Answers a GraphQL request over HTTP. */
  fetch(url: string, init: RequestInit): Promise<Response>
  /** Resolvers that ran since this was emptied. */
  readonly ran: Ran[]
}

type Holds = (session: Session, call: { args: Readonly<Record<string, unknown>> }) => boolean

const personOf = (session: Session) => Object.values(PEOPLE).find(({ email }) => email === session.email?.address)

const policies = Object.fromEntries(
  Object.entries(POLICIES).map(([name, policy]): [string, Holds] => {
    if ('people' in policy) return [name, ({ email }) => policy.people.includes(email?.address ?? '')]
    if ('argument' in policy) return [name, ({ email }, { args }) => args[policy.argument] === email?.address]
    if ('says' in policy) return [name, () => policy.says as boolean]
    return [
      name,
      () => {
        throw new Error(policy.throws)
      },
    ]
  }),
)

/** @throws {TypeError} what the implementation says of a schema with a mistake */
export function createContestant(
  { schema: sdl, options = {}, gives = {} }: Suite,
  hanko: SessionValidator,
): Contestant {
  const ran: Ran[] = []
  const { default: byDefault, allowAdminSessions, partial, reportOnly } = options
  const schema = createSchema({ typeDefs: [authTypeDefs, sdl] })
  giveValues(schema, gives, (one) => ran.push(one))
  const guarded = withAuth(schema, {
    scopes: async (session) => personOf(session)?.scopes ?? [],
    roles: (session) => personOf(session)?.roles ?? [],
    policies,
    ...(byDefault === undefined ? {} : { default: byDefault }),
    ...(allowAdminSessions === undefined ? {} : { allowAdminSessions }),
  })
  const plugin = useHankoSession(hanko, {
    ...(partial === undefined ? {} : { partial }),
    ...(reportOnly === undefined ? {} : { reportOnly }),
  })
  const yoga = createYoga({ schema: guarded, plugins: [plugin], logging: false, batching: { limit: 50 } })
  return { ran, fetch: async (url, init) => yoga.fetch(url, init) }
}
