import * as fc from 'fast-check'
import { createSessionValidator, type SessionValidator } from 'hanko-session'
import { createHankoEmulator } from 'hanko-session/testing'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { createChance } from './chance.ts'
import { type Document, printDocument, toVariableValues } from './document.ts'
import { drawDocument } from './draw-document.ts'
import { drawWorld } from './draw-world.ts'
import { type Grants, judge } from './oracle.ts'
import { serveWorld } from './serve-world.ts'
import { printWorld, type World } from './world.ts'

const RUNS = Number(process.env['SCHEMA_RUNS'] ?? 2_000)
/** Of a run that failed, as it was printed: with it, a smaller one that fails is looked for, which takes minutes. */
const SEED = process.env['SCHEMA_SEED']

let hanko: SessionValidator
let token: string
beforeAll(async () => {
  const emulator = await createHankoEmulator({ keys: inject('signingKeys').slice(0, 1) })
  hanko = createSessionValidator({ apiUrl: emulator.apiUrl, fetch: emulator.fetch, maxStaleness: '1h' })
  token = (await emulator.signIn()).token
  await hanko.validate(token)
})
afterAll(() => hanko.close())

const some = (values: readonly string[]): fc.Arbitrary<string[]> => fc.subarray([...values])
const callers: fc.Arbitrary<Grants | undefined> = fc.option(
  fc.record({ roles: some(['r', 's']), scopes: some(['a', 'b']), policies: some(['p', 'q']) }),
  { nil: undefined, freq: 2 },
)

const seen = { refused: 0, partly: 0, whole: 0 }

async function tryOne(
  world: World,
  document: Document,
  grants: Grants | undefined,
  isPartial: boolean,
  seed: number,
): Promise<void> {
  const chance = createChance(seed)
  const verdict = judge(world, document, grants, chance)
  const served = await serveWorld(world, document, { hanko, token: grants && token, grants, isPartial, chance })
  const reasons = new Set((served.errors ?? []).flatMap(({ extensions }) => extensions?.auth?.reason ?? []))

  // The one thing that counts most.
  expect(served.ran.filter((one) => !verdict.allowed.has(one))).toEqual([])
  expect([...reasons].filter((reason) => reason !== (grants === undefined ? 'no_token' : 'forbidden'))).toEqual([])

  if (served.data === undefined) {
    seen.refused++
    expect([served.ran, isPartial, served.errors?.length, reasons.size]).toEqual([[], false, 1, 1])
    expect(served.status).toBe(grants === undefined ? 401 : 403)
    return
  }
  if (!isPartial) expect(verdict.isSurelyRefused).toBe(false)
  seen[verdict.isRefused ? 'partly' : 'whole']++
  expect(served.status).toBe(200)
  expect(served.data).toEqual(verdict.data)
  if (verdict.isRefused) expect(served.errors).not.toEqual([])
  else expect([...reasons]).toEqual([])
}

it(
  'runs and shows, of random documents on random schemas, what a walk over the types of the moment allows, and no more',
  { timeout: 600_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.gen(), callers, fc.boolean(), fc.nat(), async (g, grants, isPartial, seed) => {
        const world = drawWorld(g)
        const document = drawDocument(g, world)
        try {
          await tryOne(world, document, grants, isPartial, seed)
        } catch (error) {
          const asked = [
            printWorld(world),
            printDocument(document),
            JSON.stringify([toVariableValues(document), grants, isPartial]),
          ]
          throw new Error(asked.join('\n\n'), { cause: error })
        }
      }),
      { numRuns: RUNS, ...(SEED === undefined ? { endOnFailure: true } : { seed: Number(SEED) }) },
    )
  },
)

it('has met every kind of answer often', () => {
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(RUNS / 20)
})
