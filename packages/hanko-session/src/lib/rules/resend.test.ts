import { describe, expect, it } from 'vitest'
import { isAnothersResend, toResendMarker } from './resend.ts'

const ADA = { userId: '6e4d1f0a-0f4e-4c0f-9b4b-0c3a5f6d7e8f' }
const BOB = { userId: '0c3a5f6d-0f4e-4c0f-9b4b-6e4d1f0a7e8f' }

describe('the marker of work that a step-up rule refused', () => {
  it('is the same for all sessions of a user, another for each user, and can be a part of a header', async () => {
    const ada = await toResendMarker(ADA)
    expect(await toResendMarker({ ...ADA })).toBe(ada)
    expect(await toResendMarker(BOB)).not.toBe(ada)
    expect(ada).toMatch(/^[\w-]{22}$/)
    expect(ada).not.toContain(ADA.userId.slice(0, 8))
  })

  it('lets no other user repeat it, nor anybody when one of several is wrong', async () => {
    const ada = await toResendMarker(ADA)
    expect(await isAnothersResend([ada], ADA)).toBe(false)
    expect(await isAnothersResend([ada], BOB)).toBe(true)
    for (const wrong of ['', 'x', `${ada}x`, ` ${ada}`, undefined, null, 7, [ada]])
      expect(await isAnothersResend([ada, wrong], ADA)).toBe(true)
  })

  it('is not needed for what is sent for the first time', async () => {
    expect(await isAnothersResend([], BOB)).toBe(false)
  })
})
