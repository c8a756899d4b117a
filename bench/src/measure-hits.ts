import assert from 'node:assert/strict'
import { createFreshText } from './fresh-text.ts'
import type { BenchContext } from './bench-context.ts'
import { createValidator, makeKnown, withoutSignatures } from './known-sessions.ts'
import { type Contest, measureQuietly } from './measure.ts'
import { countBytes, countPromises } from './meters.ts'
import { createReferenceCache } from './reference-cache.ts'
import { forgeToken, readPayload } from './session-tokens.ts'

/** `hit.*`: a session that is known, from the text of its token. */
export async function measureHits({ tokens, key, hanko, peers, rounds, results }: BenchContext): Promise<void> {
  const validator = createValidator(hanko)
  await makeKnown(validator, tokens)
  const reference = createReferenceCache<object>()
  for (const token of tokens) {
    const payload = readPayload(token)
    reference.set(token, payload.exp * 1_000, payload)
    peers.fastJwt(token)
  }
  const common = createFreshText(tokens)
  const hit = (): unknown => validator.known(common())
  const findReference = (): unknown => reference.find(common())
  for (const token of tokens) {
    const state = validator.known(token)
    assert.ok(state?.status === 'authenticated' && state.session.userId === readPayload(token).sub)
    assert.ok(reference.find(token) !== undefined)
  }

  const overReference = await measureQuietly({ common, base: findReference, other: hit }, rounds)
  results.control('hit.vsReference', overReference)
  results.atMost('hit.vsReference', 1.5, overReference.value)

  const contests: [name: string, goal: number, other: Contest['other']][] = [
    ['hit.vsFastJwt', 8, () => peers.fastJwt(common())],
    ['hit.vsJose', 250, () => peers.jose(common())],
    ['hit.vsPost', 1_000, () => peers.post(common())],
  ]
  for (const [name, goal, other] of contests) {
    const ratio = await measureQuietly({ common, base: hit, other }, rounds)
    results.control(name, ratio)
    results.atLeast(name, goal, ratio.value)
  }

  results.atMost('hit.promises', 0, await countPromises(hit))
  results.atMost('hit.bytes', 128, Math.max(0, countBytes(hit, common)))

  // All of the 8,192 are looked up. Those beyond the signed ones carry random signatures, let in with `verify` stubbed.
  const others = Array.from({ length: 8_192 - tokens.length }, () => forgeToken(key))
  await withoutSignatures(() => makeKnown(validator, others))
  for (const token of others) reference.set(token, readPayload(token).exp * 1_000, {})
  assert.equal(validator.stats().sessions, 8_192)
  const among8192 = createFreshText([...tokens, ...others])
  const large = await measureQuietly(
    {
      common: among8192,
      base: () => reference.find(among8192()),
      other: () => validator.known(among8192()),
    },
    rounds,
  )
  results.control('hit.vsReference.8192', large)
  results.details['hit.vsReference.8192'] = large.value
  validator.close()
}
