import * as fc from 'fast-check'
import { createSessionValidator } from 'hanko-session'
import { createHankoEmulator } from 'hanko-session/testing'
import { afterAll, beforeAll, it, vi } from 'vitest'
import { allCommands } from './lives.ts'
import { createStage, type Setting, type Stage } from './stage.ts'
import { judgeStreams } from './streams.ts'
import { installVirtualTime } from './virtual-time.ts'

const RUNS = Number(process.env['MODEL_RUNS'] ?? 1_000)
/** Of a run that failed, as it was printed: `MODEL_SEED=… MODEL_PATH=…` runs that one again. */
const SEED = process.env['MODEL_SEED']
const PATH = process.env['MODEL_PATH']

const settings: fc.Arbitrary<Setting> = fc.record({
  maxStaleness: fc.constantFrom(30_000, 30_000, 120_000, 3_000, 0, Infinity),
  staleIfError: fc.constantFrom(0, 0, 60_000),
  idleTimeout: fc.constantFrom(Infinity, 60_000, 120_000),
  hold: fc.constantFrom('text', 'text', 'digest'),
  isSilent: fc.boolean(),
  clocks: fc.constantFrom('true', 'true', 'stepped', 'suspended'),
  seed: fc.nat(),
})

let keys: JsonWebKey[]
let virtual: ReturnType<typeof installVirtualTime>

beforeAll(async () => {
  // Half as long as Hanko's, so that a thousand worlds are quick to make.
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048 }
  const publicExponent = new Uint8Array([1, 0, 1])
  const pairs = await Promise.all(
    [1, 2].map(() => crypto.subtle.generateKey({ ...algorithm, publicExponent }, true, ['sign', 'verify'])),
  )
  keys = await Promise.all(pairs.map(({ privateKey }) => crypto.subtle.exportKey('jwk', privateKey)))
  // The first call to Hanko imports what it is made with, which takes time that is real.
  const emulator = await createHankoEmulator({ keys })
  const hanko = createSessionValidator({ apiUrl: emulator.apiUrl, fetch: emulator.fetch })
  await hanko.validate((await emulator.signIn()).token)
  virtual = installVirtualTime()
  // Without a logger the core writes there, and without a listener a hit takes its shortest way.
  for (const level of ['warn', 'error'] as const) vi.spyOn(console, level).mockImplementation(() => {})
})

afterAll(() => virtual.restore())

/** Everything that is under way comes to its end, and leaves nothing behind. */
async function finish(stage: Stage): Promise<void> {
  const { time, hanko, emulator, pending, wrongs, streams } = stage
  await time.pass(10_000)
  judgeStreams(stage)
  if (pending.size > 0) wrongs.push('a check did not end within its deadline')
  emulator.faults.clear()
  const open = [...streams]
  streams.clear()
  hanko.close()
  await time.settle()
  if (open.some(({ watch }) => !watch.signal.aborted)) wrongs.push('a stream went on when all was closed')
  if (time.timers() > 0) wrongs.push('a timer was left')
  const [wrong] = wrongs
  if (wrong !== undefined) throw new Error(wrong)
}

it(
  'accepts no session later than the bound, refuses no live one, and mixes up nobody, whatever happens in between',
  { timeout: 3_600_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(settings, allCommands(keys[1] as JsonWebKey), async (setting, commands) => {
        const stage = await createStage(virtual.start(setting.seed), setting, keys)
        try {
          await stage.signIn('user-0@example.com')
          await fc.asyncModelRun(() => ({ model: {}, real: stage }), commands)
          await finish(stage)
        } finally {
          stage.hanko.close()
        }
      }),
      {
        numRuns: RUNS,
        ...(SEED === undefined ? {} : { seed: Number(SEED) }),
        ...(PATH === undefined ? {} : { path: PATH, endOnFailure: true }),
      },
    )
  },
)
