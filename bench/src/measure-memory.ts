import assert from 'node:assert/strict'
import type { BenchContext } from './bench-context.ts'
import { createValidator, makeKnown, withoutSignatures } from './known-sessions.ts'
import { forgeToken } from './session-tokens.ts'

/** `memory.*`: what a session costs, with all that is remembered of it. */
export async function measureMemory({ key, hanko, isQuick, results }: BenchContext): Promise<void> {
  const sessions = isQuick ? 10_000 : 100_000
  results.details['memory.sessions'] = sessions
  for (const [name, hold, goal] of [
    ['memory.bytesPerSession', 'text', 2_200],
    ['memory.bytesPerSessionDigest', 'digest', 1_000],
  ] as const) {
    const validator = createValidator(hanko, { cache: { hold, maxSessions: sessions } })
    const before = await settledHeap()
    // Who signed makes no difference to memory, and 100,000 signatures take minutes.
    await withoutSignatures(async () => {
      for (let made = 0; made < sessions; made += 1_000) {
        await makeKnown(
          validator,
          Array.from({ length: 1_000 }, () => forgeToken(key)),
        )
      }
    })
    const bytes = (await settledHeap()) - before
    assert.equal(validator.stats().sessions, sessions)
    results.atMost(name, goal, bytes / sessions)
    validator.close()
  }
}

/** Twice, with a turn between: finalisers free what the first only marks. Strings and `ArrayBuffer`s outside count too. */
async function settledHeap(): Promise<number> {
  for (let time = 0; time < 3; time++) {
    globalThis.gc?.()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
