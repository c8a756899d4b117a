import { EventEmitter, on } from 'node:events'
import { initTRPC, tracked } from '@trpc/server'
import { observable } from '@trpc/server/observable'
import type { RequestAuth } from 'hanko-session'
import { z } from 'zod'
import { optionalSession, requireSession, requires, withAuthError, authResponseMeta } from '../src/index.ts'
import type { TestHanko } from './start-hanko.ts'
import { withResolvers } from './with-resolvers.ts'

/** A user's app with live feeds. What is said is heard by all of them, and kept for who resumes. */
export function createLiveApp({ hanko }: Pick<TestHanko, 'hanko'>) {
  const t = initTRPC.context<{ auth: RequestAuth }>().create({ errorFormatter: withAuthError() })
  const secured = t.procedure.use(requireSession())
  const said: string[] = []
  const speaker = new EventEmitter().setMaxListeners(0)
  let open = withResolvers<void>()
  /** What the handlers' `ctx.auth.signal` told, and how their generators ended. */
  const ended: string[] = []
  const lastEventId = z.object({ lastEventId: z.coerce.number().optional() }).optional()

  async function* listen(signal: AbortSignal | undefined): AsyncGenerator<number> {
    const heard = on(speaker, 'said', signal === undefined ? {} : { signal })
    speaker.emit('listening')
    for await (const [at] of heard) yield at as number
  }

  const router = t.router({
    hello: t.procedure.query(() => 'hello'),
    me: secured.query(({ ctx }) => ctx.session.userId),
    /** Works until `finish` is called. */
    slow: secured.query(async () => {
      speaker.emit('listening')
      await open.promise
      return 'done'
    }),
    /** Waits for its caller only: the session's end must reach it from outside. */
    feed: secured.subscription(async function* ({ ctx, signal }) {
      ctx.auth.signal?.addEventListener('abort', () => ended.push('signal'))
      try {
        for await (const at of listen(signal)) yield said[at] as string
      } finally {
        ended.push('feed')
      }
    }),
    /** Delivers what was missed, then what comes. */
    resumable: secured.input(lastEventId).subscription(async function* ({ input, ctx }) {
      for (let at = input?.lastEventId === undefined ? said.length : input.lastEventId + 1; at < said.length; at++)
        yield tracked(String(at), said[at] as string)
      for await (const at of listen(ctx.auth.signal)) yield tracked(String(at), said[at] as string)
    }),
    // oxlint-disable-next-line typescript/no-deprecated -- people have it
    observed: secured.subscription(() =>
      observable<string>((observer) => {
        const say = (at: number): void => observer.next(said[at] as string)
        speaker.on('said', say)
        speaker.emit('listening')
        return () => {
          speaker.off('said', say)
          ended.push('observed')
        }
      }),
    ),
    open: t.procedure.use(optionalSession()).subscription(async function* ({ ctx, signal }) {
      yield ctx.session === null ? 'nobody' : 'somebody'
      for await (const at of listen(ctx.auth.signal ?? signal)) yield said[at] as string
    }),
    strict: secured.use(requires(hanko, { maxAge: '1h' })).subscription(async function* ({ signal }) {
      for await (const at of listen(signal)) yield said[at] as string
    }),
    /** One middleware: what it refuses, it has begun to watch. */
    strictest: t.procedure.use(requires(hanko, { maxAge: '1h' })).subscription(async function* () {
      yield 'never'
    }),
    /** Over `httpBatchStreamLink`, a query streams too. */
    pages: secured.query(async function* ({ signal }) {
      for await (const at of listen(signal)) yield said[at] as string
    }),
  })
  return {
    router,
    ended,
    handler: { router, responseMeta: authResponseMeta() },
    /** Resolves when one more feed listens. */
    listening: () => new Promise<void>((resolve) => speaker.once('listening', resolve)),
    finish(): void {
      open.resolve()
      open = withResolvers()
    },
    say(text: string): void {
      speaker.emit('said', said.push(text) - 1)
    },
  }
}

export type LiveApp = ReturnType<typeof createLiveApp>
export type LiveRouter = LiveApp['router']
