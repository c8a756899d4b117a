import { describe, expect, it } from 'vitest'
import { createStage } from '../../../test/stage.ts'
import { findSession } from './find-session.ts'

async function start() {
  const stage = await createStage()
  const hanko = await stage.warm({ maxStaleness: '30s', staleIfError: '2m' })
  const { token } = await stage.emulator.signIn()
  await hanko.validate(token)
  return { stage, auth: () => hanko.forRequest({ headers: { authorization: `Bearer ${token}` } }) }
}

describe('findSession', () => {
  it('takes an answer from memory, without a call', async () => {
    const { stage, auth } = await start()
    const before = stage.posts()
    expect(await findSession(auth())).toMatchObject({ status: 'authenticated' })
    expect(stage.posts()).toBe(before)
  })

  it('takes no answer that is served only because Hanko cannot be asked', async () => {
    const { stage, auth } = await start()
    stage.emulator.faults.set('all', { kind: 'database', state: 'down' })
    stage.time.pass(60_000)
    expect(await auth().state()).toMatchObject({ session: { staleSince: expect.any(Number) as number } })
    expect(await findSession(auth())).toMatchObject({ status: 'unavailable', reason: 'upstream_unavailable' })
  })
})
