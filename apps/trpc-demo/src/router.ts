import { initTRPC } from '@trpc/server'
import { MAX_NOTE_LENGTH, type Notes } from 'demo-kit'
import type { RequestAuth } from 'hanko-session'
import { requireSession, withAuthError } from 'hanko-session-trpc'
import { z } from 'zod'

interface Context {
  readonly auth: RequestAuth
  readonly notes: Notes
}

const t = initTRPC.context<Context>().create({
  errorFormatter: withAuthError(),
  isDev: false, // no stack traces on the page
})

const protectedProcedure = t.procedure.use(requireSession())

export const router = t.router({
  hello: t.procedure.query(() => 'Hello from tRPC. No session was needed for this.'),

  me: protectedProcedure.query(({ ctx: { session } }) => ({
    id: session.userId,
    email: session.email?.address ?? null,
  })),

  notes: protectedProcedure.query(({ ctx: { notes, session } }) => notes.list(session.userId)),

  addNote: protectedProcedure
    .input(z.object({ text: z.string().trim().min(1).max(MAX_NOTE_LENGTH) }))
    .mutation(({ ctx: { notes, session }, input }) => notes.add(session.userId, input.text)),
})
