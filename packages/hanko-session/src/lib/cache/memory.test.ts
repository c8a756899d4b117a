import { Session } from 'node:inspector/promises'
import { inspect } from 'node:util'
import { beforeEach, describe, expect, it } from 'vitest'
import { createStage, type Stage } from '../../../test/stage.ts'
import type { SessionValidator } from '../create-session-validator.ts'
import { toDigestKey, toSignatureKey } from './memory.ts'
import { toFlat } from '../token/base64url.ts'

let stage: Stage
beforeEach(async () => {
  stage = await createStage()
})

describe('memory', () => {
  it('holds at most maxSessions, and lets the one go that was confirmed least recently', async () => {
    const hanko = await stage.warm({ cache: { maxSessions: 3 } })
    const tokens: string[] = []
    for (let count = 0; count < 3; count++) tokens.push((await stage.emulator.signIn()).token)
    for (const token of tokens) await hanko.validate(token)
    await hanko.validate(tokens[0] as string, { fresh: true })
    const { token } = await stage.emulator.signIn()
    await hanko.validate(token)
    const isKnown = [...tokens, token].map((each) => hanko.known(each) !== undefined)
    expect(isKnown).toEqual([true, false, true, true])
    expect(hanko.stats().sessions).toBe(3)
  })

  it('takes verified tokens only, and keeps nothing of failures', async () => {
    const hanko = await stage.warm()
    const { token, sessionId } = await stage.emulator.signIn()
    await hanko.validate('garbage')
    await hanko.validate(`${token.slice(0, -10)}AAAAAAAAAA`)
    stage.emulator.faults.set('validate', { kind: 'status', status: 404 })
    await hanko.validate(token)
    expect(hanko.stats()).toMatchObject({ sessions: 0, tombstones: 0 })
    stage.emulator.faults.clear()
    expect((await hanko.validate(token)).status).toBe('authenticated')
    await stage.emulator.endSession(sessionId)
    stage.time.pass(31_000)
    await hanko.validate(token)
    expect(hanko.known(token)).toBeUndefined()
  })

  it('lets go of the oldest once they are of no use, without a timer', async () => {
    const hanko = await stage.warm({ maxStaleness: '30s' })
    for (let count = 0; count < 5; count++) await hanko.validate((await stage.emulator.signIn()).token)
    expect(hanko.stats().sessions).toBe(5)
    stage.time.pass(30_001)
    await hanko.validate((await stage.emulator.signIn()).token)
    expect(hanko.stats().sessions).toBe(1)
  })

  it('never mixes two tokens whose keys are the same', async () => {
    const hanko = await stage.warm()
    const { token } = await stage.emulator.signIn()
    await hanko.validate(token)
    const [header, payload, signature] = token.split('.')
    const other = await stage.emulator.signIn()
    // The part of the signature that nominates is the same, the text is not.
    const forged = `${header}.${other.token.split('.')[1]}.${signature}`
    expect(toSignatureKey(forged)).toBe(toSignatureKey(token))
    expect(hanko.known(forged)).toBeUndefined()
    expect(await hanko.validate(forged)).toMatchObject({ reason: 'bad_signature' })
    expect(hanko.known(`${header}.${payload}.${signature}`)?.status).toBe('authenticated')
  })

  it('finds a session by at least 128 bits from within the signature, or by a whole SHA-256', async () => {
    const { token } = await stage.emulator.signIn()
    const key = toSignatureKey(token)
    expect(key.length * 6).toBeGreaterThanOrEqual(128)
    expect(token.slice(token.lastIndexOf('.') + 1, -2)).toContain(key)
    expect((await toDigestKey(token)).length).toBe(32)
    expect(toFlat(token)).toBe(token)
  })
})

describe('the text of a token', () => {
  it.each(['text', 'digest'] as const)('is reached by no property, inspect or JSON (held as %s)', async (hold) => {
    const hanko = await stage.warm({ cache: { hold } })
    const { token, cookie } = await stage.emulator.signIn()
    const auth = hanko.forRequest(new Request('https://app.example/', { headers: { cookie } }))
    const state = await auth.state()
    const shown = inspect([hanko, auth, state, stage.decisions, stage.lines, hanko.stats()], {
      depth: 20,
      showHidden: true,
      getters: true,
    })
    const parts = token.split('.')
    for (const text of [shown, JSON.stringify([hanko, auth, state, hanko.stats()])])
      expect([text.includes(token), text.includes(parts[1] as string), text.includes(parts[2] as string)]).toEqual([
        false,
        false,
        false,
      ])
  })

  it('is nowhere in the heap when memory holds digests, and the search finds it when memory holds text', async () => {
    const found: number[] = []
    for (const hold of ['digest', 'text'] as const) {
      const hanko = await stage.warm({ cache: { hold } })
      const part = await partOfAValidated(hanko)
      // A regular expression keeps what it was last applied to.
      expect(/x/.test('x')).toBe(true)
      found.push(await countInHeap(part))
      expect(hanko.stats().sessions).toBe(1)
    }
    expect([found[0] === 0, (found[1] ?? 0) > 0]).toEqual([true, true])
  })
})

/** Of the payload's text; as bytes, which are not on the heap. */
async function partOfAValidated(hanko: SessionValidator): Promise<Buffer> {
  const { token } = await stage.emulator.signIn()
  await hanko.validate(token)
  return Buffer.from(token.slice(300, 360))
}

/** How often a text stands in a snapshot of the heap, which begins with a collection. It shows 1,024 characters each. */
async function countInHeap(text: Buffer): Promise<number> {
  const session = new Session()
  session.connect()
  const chunks: string[] = []
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ params }) => chunks.push(params.chunk))
  await session.post('HeapProfiler.takeHeapSnapshot', { reportProgress: false })
  session.disconnect()
  return chunks.join('').split(text.toString()).length - 1
}
