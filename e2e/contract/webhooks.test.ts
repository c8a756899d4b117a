import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeEmulatorOnly, useEmulator } from './contract-target.ts'
import { call, decodePart, getValidate, postValidate } from './hanko-calls.ts'
import { act, beginLogin, newAddress, PASSWORD, register } from './login-calls.ts'

interface Delivery {
  token: string
  event: string
}

const NOT_A_SESSION = {
  status: 400,
  body: {
    code: 400,
    message: `failed to parse token claims: 'subject' is not a uuid: uuid: incorrect UUID length 14 in string "hanko webhooks"`,
  },
}

// Expectations: hanko-transcripts/webhooks.txt.
describeEmulatorOnly('webhooks', () => {
  const deliveries: Delivery[] = []
  let status = 200
  let hookUrl = ''
  const hook = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      deliveries.push(JSON.parse(Buffer.concat(chunks).toString()) as Delivery)
      response.writeHead(status).end()
    })
  })
  beforeAll(async () => {
    await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve))
    hookUrl = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/hook`
  })
  afterAll(() => {
    hook.close()
    hook.closeAllConnections()
  })
  // The hook's port is known only later than the emulator's options.
  const toHook: typeof fetch = (_, init) => fetch(hookUrl, init)
  const target = useEmulator({ webhooks: { url: 'http://hook.invalid', fetch: toHook } })
  const events = async (): Promise<string[]> => {
    await target().emulator.webhooks.settled()
    return deliveries.splice(0).map((delivery) => delivery.event)
  }

  it('tell of registration, login and deletion of a user, and of no session', async () => {
    const email = newAddress()
    const { state } = await register(target(), email)
    expect(await events()).toEqual(['user.create'])
    await act(target(), await beginLogin(target(), email), 'password_login', { password: PASSWORD })
    expect(await events()).toEqual(['user.login'])
    const { subject } = (state.payload as { claims: { subject: string } }).claims
    await call(`${target().adminUrl}/users/${subject}`, { method: 'DELETE' })
    expect(await events()).toEqual(['user.delete'])
  })

  it('carry a token of the session keys and audience, good for 300 s, that says no session', async () => {
    const email = newAddress()
    await register(target(), email)
    await target().emulator.webhooks.settled()
    const [{ token, event }] = deliveries.splice(0) as [Delivery]
    const payload = decodePart(token, 1) as { iat: number }
    expect(event).toBe('user.create')
    expect(payload).toEqual({
      aud: ['localhost'],
      data: expect.objectContaining({
        emails: [expect.objectContaining({ address: email })],
        ip_address: '127.0.0.1',
      }) as object,
      evt: 'user.create',
      exp: payload.iat + 300,
      iat: expect.any(Number) as number,
      sub: 'hanko webhooks',
    })
    expect(await postValidate(target(), token)).toMatchObject(NOT_A_SESSION)
    expect(await getValidate(target(), { Authorization: `Bearer ${token}` })).toMatchObject(NOT_A_SESSION)
    expect(await getValidate(target(), { Cookie: `hanko=${token}` })).toMatchObject(NOT_A_SESSION)
    expect((await call(`${target().apiUrl}/me`, { headers: { Authorization: `Bearer ${token}` } })).status).toBe(401)
  })

  it('are never sent again when the hook refuses', async () => {
    status = 500
    await register(target(), newAddress())
    expect(await events()).toEqual(['user.create'])
    status = 200
    await register(target(), newAddress())
    expect(await events()).toEqual(['user.create'])
  })
})

// Expectations: hanko.md (Webhooks), of the branch after v3.0.4; and what was seen of deletions in v3.0.4.
describeEmulatorOnly('webhooks of a Hanko after v3.0.4', () => {
  const seen: { event: string; isValid: unknown }[] = []
  const current: { token?: string } = {}
  const toHook: typeof fetch = async (_, init) => {
    const { event } = JSON.parse(init?.body as string) as Delivery
    const answer = await getValidate(target(), { Authorization: `Bearer ${current.token ?? ''}` })
    seen.push({ event, isValid: (answer.body as { is_valid?: boolean }).is_valid })
    return new Response()
  }
  const target = useEmulator({
    webhooks: { url: 'http://hook.invalid', fetch: toHook, sessionEvents: true, beforeCommit: true },
  })

  it('tell of the end of a session while it is still valid: they are sent inside the transaction', async () => {
    const { token, userId, sessionId } = await target().emulator.signIn()
    current.token = token
    seen.length = 0
    await call(`${target().adminUrl}/users/${userId}/sessions/${sessionId}`, { method: 'DELETE' })
    expect(seen).toEqual([{ event: 'session.delete.admin.revoke', isValid: true }])
    expect(await getValidate(target(), { Authorization: `Bearer ${token}` })).toMatchObject({
      body: { is_valid: false },
    })
  })

  it('tell of a deleted user in one event, and of none of the sessions', async () => {
    const { token, userId } = await target().emulator.signIn()
    current.token = token
    seen.length = 0
    await call(`${target().adminUrl}/users/${userId}`, { method: 'DELETE' })
    expect(seen).toEqual([{ event: 'user.delete', isValid: true }])
  })
})
