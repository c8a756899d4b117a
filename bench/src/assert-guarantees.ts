import assert from 'node:assert/strict'
import { createFakeHanko } from './fake-hanko.ts'
import { createValidator } from './known-sessions.ts'
import { createPayload, createSigningKey, readPayload, signToken, type SigningKey, toReply } from './session-tokens.ts'

const SECOND = 1_000
const STALENESS = 30 * SECOND

/** A clock that is pushed. */
function createPushedClock() {
  const start = Date.now()
  let passed = 0
  return {
    clock: { now: () => start + passed, monotonic: () => passed },
    push: (milliseconds: number) => void (passed += milliseconds),
  }
}

/** Lets what was begun in the background come to its end. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30))

/** What must not be traded away for speed. A run in which one of these does not hold has no figures. */
export async function assertGuarantees(key: SigningKey): Promise<string[]> {
  const guarantees = { staleness, expiry, keyRotation, idleTouch, revocation }
  for (const guarantee of Object.values(guarantees)) await guarantee(key)
  return Object.keys(guarantees)
}

function setUp(key: SigningKey) {
  const hanko = createFakeHanko([key])
  const { clock, push } = createPushedClock()
  const validator = createValidator(hanko, { maxStaleness: STALENESS, clock })
  return { hanko, push, validator }
}

/** Nothing older than the bound is served, and a session that Hanko ended is refused. */
async function staleness(key: SigningKey): Promise<void> {
  const { hanko, push, validator } = setUp(key)
  const token = await signToken(key)
  assert.equal((await validator.validate(token)).status, 'authenticated')
  assert.equal(validator.known(token)?.status, 'authenticated')
  push(STALENESS + 1)
  assert.equal(validator.known(token), undefined)
  hanko.answer = () => ({ is_valid: false })
  assert.deepEqual(await validator.validate(token), { status: 'unauthenticated', reason: 'revoked' })
  validator.close()
}

async function expiry(key: SigningKey): Promise<void> {
  const { push, validator } = setUp(key)
  const now = Math.floor(Date.now() / SECOND)
  const token = await signToken(key, createPayload({ iat: now - 60, exp: now + 10 }))
  assert.equal((await validator.validate(token)).status, 'authenticated')
  push(11 * SECOND)
  assert.equal(validator.known(token), undefined)
  assert.deepEqual(await validator.validate(token), { status: 'unauthenticated', reason: 'expired' })
  validator.close()
}

/** A new key works at once, and what a key that is no longer listed had signed is known no more. */
async function keyRotation(key: SigningKey): Promise<void> {
  const { hanko, push, validator } = setUp(key)
  const token = await signToken(key)
  assert.equal((await validator.validate(token)).status, 'authenticated')
  const next = await createSigningKey()
  hanko.keys = [next]
  const iat = Math.floor(Date.now() / SECOND) + 20
  push(20 * SECOND)
  const start = performance.now()
  const state = await validator.validate(await signToken(next, createPayload({ iat })))
  assert.equal(state.status, 'authenticated')
  assert.ok(performance.now() - start < SECOND)
  assert.equal(validator.known(token), undefined)
  validator.close()
}

/** A user who is active is not logged out by the cache: Hanko hears of the use. */
async function idleTouch(key: SigningKey): Promise<void> {
  const { hanko, push, validator } = setUp(key)
  const token = await signToken(key)
  const idleTimeout = 40 * SECOND
  hanko.answer = (text) => toReply(text, Date.now() + idleTimeout)
  assert.equal((await validator.validate(token)).status, 'authenticated')
  const before = hanko.calls.validate
  push(idleTimeout / 4 + SECOND)
  assert.equal(validator.known(token)?.status, 'authenticated')
  await settle()
  assert.equal(hanko.calls.validate, before + 1)
  validator.close()
}

async function revocation(key: SigningKey): Promise<void> {
  const { validator } = setUp(key)
  const [one, other] = [await signToken(key), await signToken(key)]
  for (const token of [one, other]) assert.equal((await validator.validate(token)).status, 'authenticated')
  validator.revoke({ sessionId: readPayload(one).session_id })
  assert.equal(validator.known(one), undefined)
  assert.deepEqual(await validator.validate(one), { status: 'unauthenticated', reason: 'revoked' })
  validator.revoke({ userId: readPayload(other).sub })
  assert.equal(validator.known(other), undefined)
  assert.deepEqual(await validator.validate(other), { status: 'unauthenticated', reason: 'revoked' })
  validator.close()
}
