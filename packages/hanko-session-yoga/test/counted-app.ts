import { type GraphQLSchema, isObjectType, parse } from 'graphql'
import { createSchema, createYoga, type YogaServerOptions } from 'graphql-yoga'
import type { SessionValidator } from 'hanko-session'
import {
  type AuthOptions,
  authTypeDefs,
  type HankoContext,
  type HankoSessionOptions,
  useHankoSession,
  withAuth,
} from '../src/index.ts'
import { type Answer, post, WAYS } from './serve.ts'

type Resolvers = Parameters<typeof createSchema<HankoContext>>[0]['resolvers']

export interface CountedOptions {
  readonly resolvers?: Resolvers
  readonly auth?: AuthOptions
  readonly session?: HankoSessionOptions
  readonly yoga?: Partial<YogaServerOptions<object, object>>
}

/** An app made of SDL, of which every resolver and subscribe function is noted when it runs, by its coordinate. */
export async function createCountedApp(hanko: SessionValidator, sdl: string, options: CountedOptions = {}) {
  const ran: string[] = []
  const schema = createSchema<HankoContext>({ typeDefs: [authTypeDefs, sdl], resolvers: options.resolvers ?? {} })
  countResolvers(schema, ran)
  withAuth(schema, options.auth)
  const yoga = createYoga({
    schema,
    logging: false,
    batching: true,
    ...options.yoga,
    plugins: [useHankoSession(hanko, options.session), ...(options.yoga?.plugins ?? [])],
  })
  const served = await WAYS['yoga.fetch'](yoga)
  const ask = (query: string, as?: { header: string }, variables?: Record<string, unknown>): Promise<Answer> => {
    parse(query) // a slip of the test is no refusal
    ran.length = 0
    return post(served, query, { headers: as === undefined ? {} : { authorization: as.header }, variables })
  }
  return { schema, yoga, served, ran, ask }
}

/** Notes in `ran` what runs of a schema that `withAuth` has not seen yet. */
function countResolvers(schema: GraphQLSchema, ran: string[]): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue
    for (const field of Object.values(type.getFields())) {
      for (const name of ['resolve', 'subscribe'] as const) {
        const inner = field[name]
        if (inner === undefined && name === 'subscribe') continue
        field[name] = (source: Record<string, unknown> | undefined, args, context, info): unknown => {
          ran.push(name === 'resolve' ? `${type.name}.${field.name}` : `subscribe ${field.name}`)
          return inner === undefined ? source?.[field.name] : inner(source, args, context, info)
        }
      }
    }
  }
}

/** What a refusal comes down to. */
export const codeOf = ({ status, errors }: Answer): [number, ...unknown[]] => [
  status,
  ...(errors ?? []).map(({ extensions }) => (extensions?.['auth'] as { reason?: unknown } | undefined)?.reason),
]
