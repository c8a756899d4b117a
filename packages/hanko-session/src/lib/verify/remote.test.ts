import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createStage, type Stage } from '../../../test/stage.ts'
import { beginWatching, endOf, pass } from '../../../test/watching.ts'
import type { Fetch } from '../options.ts'

let stage: Stage
beforeEach(async () => {
  stage = await createStage()
})
afterEach(() => void vi.useRealTimers())

/** A cache before Hanko that answers for it, while it is on. */
function createCache() {
  const cache = { isOn: true }
  const fetch: Fetch = async (input, init) => {
    const response = await stage.emulator.fetch(input, init)
    if (cache.isOn && input.includes('/sessions/validate')) response.headers.set('Age', '1')
    return response
  }
  return { cache, fetch }
}

describe('an answer about a session that a cache gave', () => {
  it('is none: nobody is let in, and nothing is remembered', async () => {
    const { cache, fetch } = createCache()
    const hanko = await stage.warm({ fetch })
    const { token } = await stage.emulator.signIn()
    expect(await hanko.validate(token)).toEqual({ status: 'unavailable', reason: 'upstream_invalid' })
    expect(hanko.stats()).toMatchObject({ sessions: 0, breaker: 'closed' })
    cache.isOn = false
    expect((await hanko.validate(token)).status).toBe('authenticated')
  })

  it('is none that a session has ended: nobody is signed out, and no probe is sent', async () => {
    const { fetch } = createCache()
    const hanko = await stage.warm({ fetch })
    const { token, sessionId } = await stage.emulator.signIn()
    await stage.emulator.endSession(sessionId)
    expect(await hanko.validate(token)).toEqual({ status: 'unavailable', reason: 'upstream_invalid' })
    expect([stage.jwks(), hanko.stats().tombstones]).toEqual([0, 0])
  })

  it('confirms no stream: that ends at its bound', async () => {
    const { cache, fetch } = createCache()
    cache.isOn = false
    const { watch } = await beginWatching(stage, { fetch })
    cache.isOn = true
    await pass(stage, 30_000)
    expect([stage.peeks() > 0, watch.refusal()]).toEqual([true, undefined])
    await pass(stage, 1)
    expect(endOf(watch)).toBe('upstream_invalid')
  })
})
