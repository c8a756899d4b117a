import { beforeAll, expect, it } from 'vitest'
import { describeContract } from './contract-target.ts'
import { getValidate, signIn } from './hanko-calls.ts'

// Expectations: hanko-transcripts/validate.txt, "GET validate ...".
describeContract('GET /sessions/validate', (target) => {
  let token: string
  let userId: string
  beforeAll(async () => {
    ;({ token, userId } = await signIn(target()))
  })

  it('answers as POST does, to a Bearer token with the scheme in any case', async () => {
    for (const scheme of ['Bearer', 'bearer']) {
      const answer = await getValidate(target(), { Authorization: `${scheme} ${token}` })
      expect(answer.status).toBe(200)
      expect(answer.body).toMatchObject({ is_valid: true, user_id: userId, claims: { subject: userId } })
    }
  })

  it('takes the cookie, bare or in quotes', async () => {
    expect((await getValidate(target(), { Cookie: `hanko=${token}` })).body).toMatchObject({ is_valid: true })
    expect((await getValidate(target(), { Cookie: `hanko="${token}"` })).body).toMatchObject({ is_valid: true })
  })

  it('does not take a cookie of another name', async () => {
    expect((await getValidate(target(), { Cookie: `my-session=${token}` })).body).toEqual({ is_valid: false })
    expect((await getValidate(target(), { Cookie: `__Host-hanko=${token}` })).body).toEqual({ is_valid: false })
  })

  it('falls through: a bad Bearer token to the cookie, a bad cookie to the next', async () => {
    expect((await getValidate(target(), { Authorization: 'Bearer abc', Cookie: `hanko=${token}` })).body).toMatchObject(
      { is_valid: true },
    )
    expect((await getValidate(target(), { Cookie: `hanko=abc; hanko=${token}` })).body).toMatchObject({
      is_valid: true,
    })
  })

  it('says is_valid:false with 200 when nothing of use was sent', async () => {
    for (const headers of [{}, { Authorization: 'Basic abc' }, { Authorization: 'Bearer abc' }]) {
      const answer = await getValidate(target(), headers)
      expect({ status: answer.status, body: answer.body }).toEqual({ status: 200, body: { is_valid: false } })
    }
  })
})
