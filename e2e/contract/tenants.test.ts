import { expect, inject, it } from 'vitest'
import { describeEmulatorOnly, useEmulator } from './contract-target.ts'
import { call, decodePart, getValidate, postJson, postValidate, signIn } from './hanko-calls.ts'
import { begin } from './login-calls.ts'

const A = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'
const B = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'
const BAD_ID = { status: 400, body: { code: 400, message: 'invalid tenant ID format' } }

// Expectations: hanko-transcripts/multi-tenant.txt.
describeEmulatorOnly('multi-tenant mode', () => {
  const server = useEmulator({ tenants: [A, B], keys: inject('signingKeys').slice(0, 2) })
  const tenant = (id: string) => ({ apiUrl: `${server().apiUrl}/${id}`, adminUrl: `${server().adminUrl}/${id}` })

  it('wants a tenant in every path', async () => {
    expect(await call(`${server().apiUrl}/.well-known/jwks.json`)).toMatchObject(BAD_ID)
    expect(await postValidate(server(), 'x')).toMatchObject(BAD_ID)
    expect(await postValidate(tenant('foo'), 'x')).toMatchObject(BAD_ID)
    const unknown = await postValidate(tenant(crypto.randomUUID()), 'x')
    expect(unknown).toMatchObject({ status: 404, body: { code: 404, message: 'tenant not found' } })
    expect(unknown.headers.get('Vary')).toBeNull()
  })

  it('keeps sessions and keys apart, under the same audience', async () => {
    const [a, b] = [await signIn(tenant(A)), await signIn(tenant(B))]
    expect(decodePart(a.token, 1)['aud']).toEqual(decodePart(b.token, 1)['aud'])
    expect(decodePart(a.token, 0)['kid']).not.toBe(decodePart(b.token, 0)['kid'])
    expect((await postValidate(tenant(A), a.token)).body).toMatchObject({ is_valid: true, user_id: a.userId })
    expect((await getValidate(tenant(A), { Cookie: `hanko=${a.token}` })).body).toMatchObject({ is_valid: true })
    expect((await postValidate(tenant(B), a.token)).body).toEqual({ is_valid: false })
  })

  it('gives hrefs without the tenant', async () => {
    const { state } = await begin(tenant(A), 'login')
    expect(state.actions['register_client_capabilities']?.href).toMatch(/^\/login\?action=/)
  })
})

describeEmulatorOnly('multi-tenant mode with AWS KMS', () => {
  const kid = 'arn:aws:kms:eu-central-1:111122223333:key/0f1e2d3c'
  const server = useEmulator({
    tenants: [A, B],
    sharedKeys: true,
    keys: [{ ...inject('signingKeys')[0], kid } as JsonWebKey],
  })

  it('signs with one key for all tenants, and still keeps sessions apart', async () => {
    const { body } = await postJson(`${server().adminUrl}/${A}/users`, { emails: [{ address: 'ada@example.com' }] })
    const { token, userId } = await server().emulator.signIn({ userId: (body as { id: string }).id, tenant: A })
    expect(decodePart(token, 0)['kid']).toBe(kid)
    const validate = (id: string) => postValidate({ ...server(), apiUrl: `${server().apiUrl}/${id}` }, token)
    expect((await validate(A)).body).toMatchObject({ is_valid: true, user_id: userId })
    expect((await validate(B)).body).toEqual({ is_valid: false })
  })
})
