import { setInterval } from 'node:timers/promises'
import { initTRPC } from '@trpc/server'
import { type DemoClaims, MAX_NOTE_LENGTH, type Notes } from 'demo-kit'
import type { RequestAuth, SessionValidator } from 'hanko-session'
import { requireSession, requires, withAuthError } from 'hanko-session-trpc'
import { z } from 'zod'

interface Context {
  readonly auth: RequestAuth<DemoClaims>
  readonly notes: Notes
}

/** Short, so that a visitor sees it happen. A real app would take 15 minutes. */
const RECENT = '30s'
const BEAT = 1_000

export function createRouter(hanko: SessionValidator<DemoClaims>) {
  const t = initTRPC.context<Context>().create({
    errorFormatter: withAuthError(),
    isDev: false, // no stack traces on the page
    sse: { ping: { enabled: true }, client: { reconnectAfterInactivityMs: 10_000 } },
  })

  const protectedProcedure = t.procedure.use(requireSession())
  const adminProcedure = t.procedure.use(requires(hanko, { claims: { role: 'admin' } }))
  const recentProcedure = t.procedure.use(requires(hanko, { maxAge: RECENT }))

  return t.router({
    hello: t.procedure.query(() => 'Hello from tRPC. No session was needed for this.'),

    me: protectedProcedure.query(({ ctx: { session } }) => ({
      id: session.userId,
      email: session.email?.address ?? null,
    })),

    notes: protectedProcedure.query(({ ctx: { notes, session } }) => notes.list(session.userId)),

    addNote: protectedProcedure
      .input(z.object({ text: z.string().trim().min(1).max(MAX_NOTE_LENGTH) }))
      .mutation(({ ctx: { notes, session }, input }) => notes.add(session.userId, input.text)),

    deleteAllNotes: recentProcedure.mutation(({ ctx: { notes, session } }) => ({
      deleted: notes.clear(session.userId),
    })),

    allNotes: adminProcedure.query(({ ctx: { notes } }) => notes.listAll()),

    /** It need not look at the session: it is ended with it. */
    feed: protectedProcedure.subscription(async function* ({ ctx: { notes, session }, signal }) {
      const look = () => ({ notes: notes.list(session.userId).length })
      yield look()
      try {
        for await (const lookAgain of setInterval(BEAT, look, { signal })) yield lookAgain()
      } catch (error) {
        if (signal?.aborted !== true) throw error // closed
      }
    }),
  })
}

export type AppRouter = ReturnType<typeof createRouter>
