import { createHmac } from 'node:crypto'
import { beforeAll, expect, it } from 'vitest'
import { describeContract } from './contract-target.ts'
import { call, decodePart, encodePart, postValidate, signIn } from './hanko-calls.ts'
import type { ContractTarget } from './contract-target.ts'

// Expectations: hanko-transcripts/spellings.txt.
describeContract('one session has many spellings', (target) => {
  let parts: [string, string, string]
  beforeAll(async () => {
    parts = (await tokenWithDashes(target())).split('.') as [string, string, string]
  })
  const isValid = async (token: string): Promise<boolean> => {
    const { status, body } = await postValidate(target(), token)
    expect(status).toBe(200)
    return (body as { is_valid: boolean }).is_valid
  }

  it('takes white space around the token', async () => {
    const token = parts.join('.')
    for (const spelling of [` ${token} `, `${token}\n`, `\t\n${token}`]) expect(await isValid(spelling)).toBe(true)
  })

  it('takes line breaks inside payload and signature', async () => {
    const [header, payload, signature] = parts
    expect(await isValid(`${header}.${payload.slice(0, 20)}\n${payload.slice(20)}.${signature}`)).toBe(true)
    expect(await isValid(`${header}.${payload}.${signature.slice(0, 20)}\n${signature.slice(20)}`)).toBe(true)
  })

  it('takes the standard base64 alphabet and unused bits in the signature', async () => {
    const [header, payload, signature] = parts
    expect(await isValid(`${header}.${payload}.${signature.replaceAll('-', '+').replaceAll('_', '/')}`)).toBe(true)
    // 512 bytes end in a character that carries 4 bits: the lowest two are unused.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const last = alphabet[alphabet.indexOf(signature.at(-1) ?? '') ^ 1] ?? ''
    expect(last).not.toBe(signature.at(-1))
    expect(await isValid(`${header}.${payload}.${signature.slice(0, -1)}${last}`)).toBe(true)
  })

  it('takes the general JSON serialisation, but not the flattened one', async () => {
    const [header, payload, signature] = parts
    expect(await isValid(JSON.stringify({ payload, signatures: [{ protected: header, signature }] }))).toBe(true)
    expect(await isValid(JSON.stringify({ payload, protected: header, signature }))).toBe(false)
    expect(await isValid(JSON.stringify(decodePart(parts.join('.'), 1)))).toBe(false)
  })

  it('takes neither padding nor a byte order mark', async () => {
    expect(await isValid(`${parts.join('.')}=`)).toBe(false)
    expect(await isValid(`\uFEFF${parts.join('.')}`)).toBe(false)
  })

  it('takes no token that another algorithm or key made', async () => {
    const { body } = await call(`${target().apiUrl}/.well-known/jwks.json`)
    const jwk = (body as { keys: { n: string }[] }).keys[0]
    const [header, payload, signature] = parts
    const hs256 = `${encodePart({ ...decodePart(parts.join('.'), 0), alg: 'HS256' })}.${payload}`
    const mac = createHmac('sha256', jwk?.n ?? '')
      .update(hs256)
      .digest('base64url')
    expect(await isValid(`${hs256}.${mac}`)).toBe(false)
    expect(await isValid(`${encodePart({ ...decodePart(parts.join('.'), 0), jwk })}.${payload}.${signature}`)).toBe(
      false,
    )
    expect(await isValid(`${encodePart({ ...decodePart(parts.join('.'), 0), alg: 'None' })}.${payload}.`)).toBe(false)
    expect(await isValid(`${header}.${payload}.`)).toBe(false)
  })
})

/** A token whose signature has characters that differ between the two alphabets; nearly every one has. */
async function tokenWithDashes(target: ContractTarget): Promise<string> {
  const { token } = await signIn(target)
  return /[-_]/.test(token.split('.')[2] ?? '') ? token : tokenWithDashes(target)
}
