import assert from 'node:assert/strict'
import type { BenchContext } from './bench-context.ts'
import { createFakeHanko } from './fake-hanko.ts'
import { createFreshText } from './fresh-text.ts'
import { createValidator } from './known-sessions.ts'
import { median } from './measure.ts'
import { signToken, signTokens } from './session-tokens.ts'

const HERD = 10_000
const UPSTREAM_MS = 20
/** No more may wait for keys than 1,024: that is a bound of the validator's, and beyond it callers are refused. */
const FIRST = 1_000

/** `herd.*`: 10,000 requests at once. */
export async function measureHerds({ key, peers, isQuick, results }: BenchContext): Promise<void> {
  const overs: number[] = []
  let calls = 0
  for (let run = 0; run < 5; run++) {
    const hanko = createFakeHanko([key])
    const token = await signToken(key)
    const sent: number[] = []
    const validator = createValidator(hanko, {
      fetch: async (input, init) => {
        const isValidate = !input.includes('jwks')
        if (isValidate) sent.push(performance.now())
        if (isValidate) await new Promise((resolve) => setTimeout(resolve, UPSTREAM_MS))
        return hanko.fetch(input, init)
      },
    })
    // Each request brings a string of its own, as from a socket; to make them is nobody's work here.
    const makeText = createFreshText([token])
    const texts = Array.from({ length: HERD }, makeText)
    // The client is loaded and the keys are there; the session is not known.
    await validator.validate(await signToken(key))
    const before = hanko.calls.validate
    const start = performance.now()
    const states = await Promise.all(texts.map((text) => validator.validate(text)))
    overs.push(performance.now() - start - UPSTREAM_MS)
    assert.ok(states.every(({ status }) => status === 'authenticated'))
    calls = Math.max(calls, hanko.calls.validate - before)
    validator.close()
  }
  results.atMost('herd.same.calls', 1, calls)
  results.atMost('herd.same.msOverUpstream', 50, median(overs))

  const size = isQuick ? 1_000 : HERD
  results.details['herd.distinct.sessions'] = size
  const tokens = await signTokens(key, size)
  const hanko = createFakeHanko([key])
  const validator = createValidator(hanko, { maxStaleness: Number.POSITIVE_INFINITY })
  const start = performance.now()
  const first = await Promise.all(tokens.slice(0, FIRST).map((token) => validator.validate(token)))
  const rest = await Promise.all(tokens.slice(FIRST).map((token) => validator.validate(token)))
  const ours = performance.now() - start
  assert.ok([...first, ...rest].every(({ status }) => status === 'authenticated'))
  assert.deepEqual(hanko.calls, { validate: 0, keys: 1 })
  validator.close()

  const startNaive = performance.now()
  const answers = await Promise.all(tokens.map((token) => peers.post(token)))
  const naive = performance.now() - startNaive
  assert.ok(answers.every(Boolean))
  results.details['herd.distinct.ms'] = ours
  results.details['herd.distinct.naiveMs'] = naive
  results.atLeast('herd.distinct.vsNaive', 3, naive / ours)
}
