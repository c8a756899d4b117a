import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { createSessionValidator, type SessionValidator } from 'hanko-session'
import { createHankoEmulator, type HankoEmulator } from 'hanko-session/testing'
import { serveHankoEmulator, type ServedEmulator } from 'hanko-session/testing-node'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { BOUNDS, FAULTS, targetOf } from './faults.ts'

/*
 * The fault matrix once more, over Node's fetch and real sockets: what is sent goes nowhere else, and every socket is
 * let go of. Outcomes and deadlines are told apart in `fault-matrix.test.ts`, where time is not real.
 */

let emulator: HankoEmulator
let served: ServedEmulator
/** The connections to the emulator that are open: it keeps none alive after an answer. */
const open = new Set<Socket>()

const onRequest = (message: unknown): void => {
  const { socket, response } = message as { socket: Socket; response: ServerResponse }
  response.shouldKeepAlive = false
  open.add(socket)
  socket.once('close', () => open.delete(socket))
}

beforeAll(async () => {
  subscribe('http.server.request.start', onRequest)
  emulator = await createHankoEmulator({ keys: inject('signingKeys').slice(0, 1) })
  served = await serveHankoEmulator(emulator, { publicPort: 0, adminPort: 0 })
})
afterEach(() => emulator.faults.clear())
afterAll(async () => {
  await served.close()
  unsubscribe('http.server.request.start', onRequest)
})

const DEADLINE = 250
/** Answers of the emulator take no time, but the machine may be busy. */
const PATIENCE = 5_000

describe.each(FAULTS)('%s', (_, fault, reason) => {
  it.each(BOUNDS)('maxStaleness %s: cold, warm and stale checks leave no socket', async (bound, options) => {
    let jump = 0
    const make = (deadline: number): SessionValidator =>
      createSessionValidator({
        apiUrl: served.apiUrl,
        clock: { now: () => Date.now() + jump, monotonic: () => performance.now() + jump },
        logger: { debug() {}, info() {}, warn() {}, error() {} },
        deadline,
        limits: { attemptTimeout: Math.min(deadline, 500) },
        ...options,
      })
    const { token } = await emulator.signIn()
    const [cold, known] = [make(DEADLINE), make(PATIENCE)]
    expect((await known.validate(token)).status).toBe('authenticated')
    await vi.waitFor(() => expect(open.size).toBe(0), PATIENCE)

    emulator.faults.set(targetOf(fault), fault)
    const asked = [cold.validate(token), known.validate(token)]
    const [first, warm] = await Promise.all(asked)
    jump += 30_001
    const stale = await known.validate(token)
    for (const state of [first, warm, stale]) {
      expect(state?.status).not.toBe('unauthenticated')
    }
    // Whoever need not be asked lets the session in, and whoever cannot be does not.
    const isAsked = reason !== '' && bound !== 'Infinity'
    expect(stale.status).toBe(isAsked ? 'unavailable' : 'authenticated')
    expect(warm?.status).toBe(isAsked && bound === '0' ? 'unavailable' : 'authenticated')

    // The validators are still there: nothing has to be closed for that.
    await vi.waitFor(() => expect(open.size).toBe(0), PATIENCE)
    for (const hanko of [cold, known]) {
      expect(hanko.stats()).toMatchObject({ inFlight: 0, waiting: 0 })
      hanko.close()
    }
  })
})
