import { expect, it } from 'vitest'
import { describeContract } from './contract-target.ts'
import { call, createSession, createUser, decodePart, postJson, postValidate, signIn } from './hanko-calls.ts'

// Expectations: hanko-transcripts/validate.txt, "admin ..." and "session limit 5".
describeContract('the admin API', (target) => {
  const admin = (path: string, method = 'GET') => call(`${target().adminUrl}${path}`, { method })
  const isValid = async (token: string) =>
    ((await postValidate(target(), token)).body as { is_valid: boolean }).is_valid

  it('makes a user from e-mail addresses', async () => {
    const address = `contract-${crypto.randomUUID()}@example.com`
    const answer = await postJson(`${target().adminUrl}/users`, {
      emails: [{ address, is_primary: true, is_verified: true }],
    })
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({
      id: expect.any(String) as string,
      emails: [{ address, is_verified: true, is_primary: true, created_at: expect.any(String) as string }],
      created_at: expect.any(String) as string,
    })
  })

  it('makes no user from nothing', async () => {
    expect(await postJson(`${target().adminUrl}/users`, {})).toMatchObject({
      status: 400,
      body: { code: 400, message: 'at least one of [Emails, Username] must be set' },
    })
  })

  it('makes sessions of known users only', async () => {
    const url = `${target().adminUrl}/sessions`
    expect(await postJson(url, { user_id: crypto.randomUUID() })).toMatchObject({
      status: 404,
      body: { code: 404, message: 'user not found' },
    })
    expect(await postJson(url, { user_id: 'x' })).toMatchObject({
      status: 400,
      body: { code: 400, message: 'user_id must be a valid uuid' },
    })
  })

  it('lists the sessions of a user, newest first', async () => {
    const { userId } = await createUser(target())
    const url = `${target().adminUrl}/sessions`
    await postJson(url, { user_id: userId, user_agent: 'curl/e2e', ip_address: '203.0.113.7' })
    await createSession(target(), userId)
    const { status, body } = await admin(`/users/${userId}/sessions`)
    expect(status).toBe(200)
    expect(body).toMatchObject([
      { user_id: userId, user_agent: null, ip_address: null },
      { user_id: userId, user_agent: 'curl/e2e', ip_address: '203.0.113.7' },
    ])
    const names = ['created_at', 'expires_at', 'id', 'ip_address', 'last_used', 'updated_at', 'user_agent', 'user_id']
    for (const session of body as object[]) expect(Object.keys(session).toSorted()).toEqual(names)
  })

  it('ends one session, once', async () => {
    const { token, userId } = await signIn(target())
    const other = await createSession(target(), userId)
    const path = `/users/${userId}/sessions/${String(decodePart(token, 1)['session_id'])}`
    expect(await admin(path, 'DELETE')).toMatchObject({ status: 204, body: '' })
    expect([await isValid(token), await isValid(other)]).toEqual([false, true])
    expect(await admin(path, 'DELETE')).toMatchObject({ status: 404, body: { code: 404, message: 'Not Found' } })
  })

  it('deletes a user with all sessions', async () => {
    const { token, userId } = await signIn(target())
    expect(await isValid(token)).toBe(true)
    expect(await admin(`/users/${userId}`, 'DELETE')).toMatchObject({ status: 204 })
    expect(await isValid(token)).toBe(false)
  })

  it('ends the oldest session when a user gets a sixth', async () => {
    const { userId } = await createUser(target())
    const tokens: string[] = []
    for (let count = 0; count < 6; count++) tokens.push(await createSession(target(), userId))
    const valid: boolean[] = []
    for (const token of tokens) valid.push(await isValid(token))
    expect(valid).toEqual([false, true, true, true, true, true])
    expect((await admin(`/users/${userId}/sessions`)).body).toHaveLength(5)
  })
})
