import assert from 'node:assert/strict'
import type { BenchContext } from './bench-context.ts'
import { createFreshText } from './fresh-text.ts'
import { countVerifications, createValidator } from './known-sessions.ts'
import { measureQuietly } from './measure.ts'
import { createPayload, signToken } from './session-tokens.ts'

const isRejected = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => false,
    () => true,
  )

/** `cold.*` and `reject.*`: tokens that no memory knows. Both sides have the keys. */
export async function measureMisses({ key, tokens, hanko, peers, rounds, results }: BenchContext): Promise<void> {
  // Signature and `exp` alone, and room for one: each of the tokens is new when its turn comes again.
  const validator = createValidator(hanko, { maxStaleness: Number.POSITIVE_INFINITY, cache: { maxSessions: 1 } })
  const token = createFreshText(tokens)
  const before = hanko.calls.validate
  const first = await validator.validate(token())
  assert.equal(first.status, 'authenticated')
  assert.equal(hanko.calls.validate, before, 'Hanko is not asked')
  assert.equal(validator.known(token()), undefined)

  const cold = await measureQuietly(
    { common: token, base: () => validator.validate(token()), other: () => peers.jose(token()) },
    rounds,
  )
  results.control('cold.vsJose', cold)
  results.atLeast('cold.vsJose', 1, cold.value)
  results.details['cold.rsaPerCheck'] = await countVerifications(() => validator.validate(token()))
  const others = await measureQuietly(
    { common: token, base: () => validator.validate(token()), other: () => peers.jsonwebtoken(token()) },
    Math.min(rounds, 24),
  )
  results.details['cold.vsJsonwebtoken'] = others.value

  const garbage = createFreshText(tokens.map((text) => `!${text.replaceAll('.', '!')}`))
  assert.deepEqual(await validator.validate(garbage()), { status: 'unauthenticated', reason: 'malformed_token' })
  assert.ok(await isRejected(peers.jose(garbage())))
  const refuse = await measureQuietly(
    { common: garbage, base: () => validator.validate(garbage()), other: () => isRejected(peers.jose(garbage())) },
    rounds,
  )
  results.control('reject.garbage.vsJose', refuse)
  results.atLeast('reject.garbage.vsJose', 20, refuse.value)

  const past = Math.floor(Date.now() / 1_000) - 60
  const old = await Promise.all(
    Array.from({ length: 256 }, () => signToken(key, createPayload({ iat: past - 600, exp: past }))),
  )
  const expired = createFreshText(old)
  assert.deepEqual(await validator.validate(expired()), { status: 'unauthenticated', reason: 'expired' })
  assert.ok(await isRejected(peers.jose(expired())))
  const late = await measureQuietly(
    { common: expired, base: () => validator.validate(expired()), other: () => isRejected(peers.jose(expired())) },
    rounds,
  )
  results.control('reject.expired.vsJose', late)
  const rsa = await countVerifications(() => Promise.all(old.map((text) => validator.validate(text))))
  results.details['reject.expired.rsa'] = rsa
  // An RSA operation for a token that has expired would be a defect, however fast.
  results.atLeast('reject.expired.vsJose', 50, rsa === 0 ? late.value : 0)
  validator.close()
}
