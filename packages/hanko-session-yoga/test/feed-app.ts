import { createSchema, createYoga } from 'graphql-yoga'
import type { SessionValidator } from 'hanko-session'
import { authTypeDefs, type HankoContext, type HankoSessionOptions, useHankoSession, withAuth } from '../src/index.ts'

const typeDefs = /* GraphQL */ `
  type Query {
    hello: String
    secret: String @auth
  }
  type Subscription {
    feed: Int @auth
    open: Int
    mixed: Thing
    role: Int @auth(roles: "admin")
  }
  union Thing = Plain | Secret
  type Plain {
    x: Int
  }
  type Secret @auth {
    x: Int
  }
`

/** A source of events that a test pushes. It notes who listens. */
function createFeed<T>() {
  const listeners = new Set<(result: IteratorResult<T>) => void>()
  const queues = new Set<T[]>()
  let ended = 0
  async function* listen(): AsyncGenerator<T> {
    const queue: T[] = []
    queues.add(queue)
    try {
      for (;;) {
        while (queue.length > 0) yield queue.shift() as T
        await new Promise<void>((resolve) => {
          const wake = (): void => {
            listeners.delete(wake)
            resolve()
          }
          listeners.add(wake)
        })
      }
    } finally {
      queues.delete(queue)
      ended += 1
    }
  }
  return {
    listen,
    push(value: T) {
      for (const queue of queues) queue.push(value)
      for (const wake of listeners) wake({ done: false, value })
    },
    listening: () => queues.size,
    ended: () => ended,
  }
}

export interface FeedAppOptions {
  readonly session?: HankoSessionOptions
  readonly roles?: () => string[]
}

/** An app with subscriptions, whose events a test pushes, and which notes the events that resolvers saw. */
export function createFeedApp(hanko: SessionValidator, { session, roles = () => [] }: FeedAppOptions = {}) {
  const feed = createFeed<number>()
  const ran: string[] = []
  const subscribe = (name: string) => () => {
    ran.push(`subscribe ${name}`)
    return feed.listen()
  }
  const count = (name: string) => (at: number) => {
    ran.push(`${name} ${at}`)
    return at
  }
  const schema = createSchema<HankoContext>({
    typeDefs: [authTypeDefs, typeDefs],
    resolvers: {
      Query: { hello: () => 'hello', secret: () => 'secret' },
      Subscription: {
        feed: { subscribe: subscribe('feed'), resolve: count('feed') },
        open: { subscribe: subscribe('open'), resolve: count('open') },
        role: { subscribe: subscribe('role'), resolve: count('role') },
        mixed: {
          subscribe: subscribe('mixed'),
          resolve: (at: number) => ({ __typename: at % 2 === 0 ? 'Plain' : 'Secret', x: at }),
        },
      },
      Secret: { x: ({ x }: { x: number }) => count('Secret.x')(x) },
    },
  })
  const yoga = createYoga({
    schema: withAuth(schema, { roles }),
    plugins: [useHankoSession(hanko, session)],
    logging: false,
  })
  return { yoga, feed, ran }
}
