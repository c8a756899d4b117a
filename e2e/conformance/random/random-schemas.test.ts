import { isDeepStrictEqual } from 'node:util'
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

/** What is wrong with the answer to a document; nothing when it is as the oracle says. */
async function tryOne(
  world: World,
  document: Document,
  grants: Grants | undefined,
  isPartial: boolean,
  seed: number,
): Promise<string[]> {
  const chance = createChance(seed)
  const verdict = judge(world, document, grants, chance)
  const served = await serveWorld(world, document, { hanko, token: grants && token, grants, isPartial, chance })
  const { data, errors = [], status, ran } = served
  const reasons = new Set(errors.flatMap(({ extensions }) => extensions?.auth?.reason ?? []))
  const reason = grants === undefined ? 'no_token' : 'forbidden'

  // The one thing that counts most.
  const problems = ran.filter((one) => !verdict.allowed.has(one)).map((one) => `${one} must not have run`)
  if ([...reasons].some((one) => one !== reason)) problems.push(`the reasons are ${[...reasons].join()}`)
  if (data === undefined) {
    seen.refused++
    if (isPartial || reasons.size !== 1 || errors.length !== 1) problems.push(`refused: ${JSON.stringify(errors)}`)
    if (status !== (grants === undefined ? 401 : 403)) problems.push(`the status is ${status}`)
    return [...problems, ...ran.map((one) => `${one} ran, and the operation was refused`)]
  }
  seen[verdict.isRefused ? 'partly' : 'whole']++
  if (verdict.isSurelyRefused && !isPartial) problems.push('the operation was not refused as a whole')
  if (status !== 200) problems.push(`the status is ${status}`)
  if (!isDeepStrictEqual(data, verdict.data))
    problems.push(`data is ${JSON.stringify(data)}, not ${JSON.stringify(verdict.data)}`)
  if (verdict.isRefused ? errors.length === 0 : reasons.size > 0) problems.push(`errors are ${JSON.stringify(errors)}`)
  return problems
}

it(
  'runs and shows, of random documents on random schemas, what a walk over the types of the moment allows, and no more',
  { timeout: 600_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.gen(), callers, fc.boolean(), fc.nat(), async (g, grants, isPartial, seed) => {
        const world = drawWorld(g)
        const document = drawDocument(g, world)
        const problems = await tryOne(world, document, grants, isPartial, seed)
        const asked = JSON.stringify({ variables: toVariableValues(document), grants, isPartial, seed })
        const texts = [printWorld(world), printDocument(document), asked]
        if (problems.length > 0) throw new Error([...problems, ...texts].join('\n\n'))
      }),
      { numRuns: RUNS, ...(SEED === undefined ? { endOnFailure: true } : { seed: Number(SEED) }) },
    )
  },
)

it('has met every kind of answer often', () => {
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(RUNS / 20)
})
