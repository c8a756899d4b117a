import { initTRPC, TRPCError } from '@trpc/server'
import { createSessionValidator, type Decision, isHankoAuthError, type RequestAuth } from 'hanko-session'
import { createHankoEmulator } from 'hanko-session/testing'
import { inject } from 'vitest'
import { z } from 'zod'
import { type AuthMeta, hankoAuth, withAuthError } from '../src/index.ts'

const claims = z.object({
  role: z.enum(['admin', 'owner', 'editor']),
  level: z.number().optional(),
  vip: z.boolean().optional(),
})
export type Roles = z.output<typeof claims>

/** A Hanko with roles in its claims, and a user's tRPC that knows them. */
export async function startRoles() {
  const emulator = await createHankoEmulator({ keys: inject('signingKeys').slice(0, 1) })
  const decisions: Decision[] = []
  /** How far the validator's clocks are ahead. */
  const time = { ahead: 0 }
  const hanko = createSessionValidator({
    apiUrl: emulator.apiUrl,
    fetch: (url, init) => emulator.fetch(url, init),
    clock: { now: () => emulator.clock.now() + time.ahead, monotonic: () => emulator.clock.now() + time.ahead },
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    onDecision: (decision) => void decisions.push(decision),
    claims,
    staleIfError: '2m',
  })
  const t = initTRPC
    .context<{ auth: RequestAuth<Roles>; db: string }>()
    .meta<AuthMeta>()
    .create({ errorFormatter: withAuthError() })
  await hanko.validate((await emulator.signIn({ claims: { role: 'editor' } })).token) // and the keys are known
  emulator.requests.clear()
  return {
    emulator,
    hanko,
    t,
    time,
    decisions,
    /** The context of a request of somebody who just signed in; without claims, of nobody. */
    async contextOf(given?: Record<string, unknown>, amr: readonly string[] = ['pwd']) {
      const headers = new Headers()
      if (given !== undefined) headers.set('authorization', (await emulator.signIn({ claims: given, amr })).header)
      return { auth: hankoAuth(hanko, { headers }), db: 'db' }
    },
    asked: () => emulator.requests.count('validate'),
  }
}

export type TestRoles = Awaited<ReturnType<typeof startRoles>>

/** What became of a call: what it returned, or code and reason of its refusal. */
export async function outcomeOf(call: Promise<unknown>): Promise<unknown> {
  try {
    return await call
  } catch (error) {
    if (!(error instanceof TRPCError)) throw error
    const { cause } = error
    return isHankoAuthError(cause) ? `${error.code} ${cause.code}` : error.code
  }
}
