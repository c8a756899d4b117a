import { createHmac, createPublicKey, createSign, type JsonWebKey as NodeJwk } from 'node:crypto'
import type { HankoEmulator } from 'hanko-session/testing'
import { inject } from 'vitest'

/** Makes genuine tokens of one kind, and such as Hanko's key has signed with another header. */
export interface Mint {
  readonly emulator: HankoEmulator
  genuine(): Promise<{ token: string; header: Record<string, unknown>; payload: Record<string, unknown> }>
  signed(changes: Record<string, unknown>, header: Record<string, unknown>): Promise<string>
}

const base64url = (text: string | Buffer) => Buffer.from(text).toString('base64url')
const json = (value: unknown) => base64url(JSON.stringify(value))

/**
 * The attacks on header and serialisation, by their ids: on sessions and on webhooks, which are signed with the same
 * keys. Each hands its tokens to `refuseAll`.
 */
export function listHeaderAttacks(
  mint: Mint,
  refuseAll: (...tokens: unknown[]) => Promise<void>,
): ReadonlyMap<string, () => Promise<void>> {
  const attacks = new Map<string, () => Promise<void>>()
  const attack = (id: string, run: () => Promise<void>): void => void attacks.set(id, run)
  const withHeader = (changes: Record<string, unknown>) => mint.signed({}, changes)

  attack('H01', async () => {
    const { payload } = await mint.genuine()
    for (const alg of ['none', 'None', 'NONE'])
      await refuseAll(`${json({ alg, typ: 'JWT', kid: 'k' })}.${json(payload)}.`)
  })

  attack('H03', async () => {
    const { token, header } = await mint.genuine()
    const [, payload, signature] = token.split('.')
    await refuseAll(`${json({ ...header, alg: 'none' })}.${payload}.${signature}`)
  })

  attack('H04', async () => {
    for (const alg of [undefined, null, 0, [], {}, ['RS256'], 'rs256']) await refuseAll(await withHeader({ alg }))
  })

  const publicKey = () => createPublicKey({ key: inject('signingKeys')[0] as NodeJwk, format: 'jwk' })
  /** A token whose HMAC is keyed with something public. */
  async function hmacTokens(algorithm: 256 | 384 | 512, ...secrets: (string | Buffer)[]): Promise<string[]> {
    const { header, payload } = await mint.genuine()
    return secrets.map((secret) => {
      const input = `${json({ ...header, alg: `HS${algorithm}` })}.${json(payload)}`
      return `${input}.${createHmac(`sha${algorithm}`, secret).update(input).digest('base64url')}`
    })
  }
  const spkiPem = () => publicKey().export({ type: 'spki', format: 'pem' }) as string
  const pkcs1Pem = () => publicKey().export({ type: 'pkcs1', format: 'pem' }) as string

  attack('H06', async () => refuseAll(...(await hmacTokens(256, spkiPem()))))
  attack('H07', async () =>
    refuseAll(...(await hmacTokens(256, pkcs1Pem(), pkcs1Pem().trimEnd(), pkcs1Pem().replaceAll('\n', '\r\n')))),
  )
  attack('H08', async () => refuseAll(...(await hmacTokens(256, publicKey().export({ type: 'spki', format: 'der' })))))
  attack('H09', async () => {
    const jwk = publicKey().export({ format: 'jwk' })
    const n = jwk.n as string
    await refuseAll(...(await hmacTokens(256, JSON.stringify(jwk), n, Buffer.from(n, 'base64url'))))
  })
  attack('H10', async () => refuseAll(...(await hmacTokens(384, spkiPem())), ...(await hmacTokens(512, spkiPem()))))

  attack('H11', async () => {
    for (const alg of ['RS384', 'RS512', 'PS256', 'PS512']) await refuseAll(await withHeader({ alg }))
  })

  attack('H12', async () => {
    const { header, payload } = await mint.genuine()
    const key = { key: inject('signingKeys')[0] as NodeJwk, format: 'jwk' as const }
    const rs512 = `${json({ ...header, alg: 'RS512' })}.${json(payload)}`
    const ps256 = `${json({ ...header, alg: 'PS256' })}.${json(payload)}`
    await refuseAll(
      `${rs512}.${createSign('sha512').update(rs512).sign(key, 'base64url')}`,
      `${ps256}.${createSign('sha256')
        .update(ps256)
        .sign({ ...key, padding: 6, saltLength: 32 }, 'base64url')}`,
    )
  })

  attack('H15', async () => refuseAll(await withHeader({ kid: undefined })))
  attack('H16', async () => {
    await mint.emulator.rotateKeys(inject('signingKeys')[1])
    await refuseAll(
      await withHeader({ kid: undefined }),
      await withHeader({ kid: '' }),
      await withHeader({ kid: ['a'] }),
      await withHeader({ kid: 'k'.repeat(513) }),
    )
  })
  attack('H24', async () => refuseAll(await withHeader({ jwk: { ...publicKey().export({ format: 'jwk' }), e: 'AQ' } })))
  attack('H26', async () => refuseAll(await withHeader({ x5u: 'https://evil.example/cert.pem' })))
  attack('H30', async () => {
    for (const crit of [[], 'x', ['alg'], ['b64']])
      await refuseAll(await withHeader({ crit, b64: true }), await withHeader({ crit }))
  })
  attack('H32', async () => refuseAll(await withHeader({ b64: false })))

  /** A header written by hand, over a payload that Hanko's key signed. */
  const raw = async (header: string) => mint.emulator.signToken((await mint.genuine()).payload, header)

  attack('H33', async () => {
    const { header } = await mint.genuine()
    const kid = JSON.stringify(header['kid'])
    await refuseAll(
      await raw(`{"alg":"none","alg":"RS256","kid":${kid},"typ":"JWT"}`),
      await raw(`{"alg":"RS256","alg":"none","kid":${kid},"typ":"JWT"}`),
    )
  })
  attack('H34', async () => {
    const { header } = await mint.genuine()
    const kid = JSON.stringify(header['kid'])
    await refuseAll(
      await raw(`{"alg":"RS256","kid":"x","kid":${kid}}`),
      await raw(`{"alg":"RS256","kid":${kid},"\\u006bid":${kid}}`),
    )
  })
  attack('H37', async () => refuseAll(await withHeader({ pad: 'x'.repeat(1_000_000) })))
  attack('H38', async () =>
    refuseAll(
      await raw(`{"alg":"RS256","kid":"k","x":${'['.repeat(2_500)}${']'.repeat(2_500)}}`),
      await raw(`{"alg":"RS256","kid":"k","x":${'['.repeat(50)}${']'.repeat(50)}}`),
    ),
  )
  attack('H40', async () => {
    const { token } = await mint.genuine()
    await refuseAll(await mint.emulator.signToken(token, { cty: 'JWT' }))
  })
  attack('H41', async () => refuseAll(await withHeader({ zip: 'DEF' })))
  attack('H43', async () => {
    const { payload } = await mint.genuine()
    const inner = `${json({ alg: 'none' })}.${json(payload)}.`
    await refuseAll(
      `${json({ alg: 'RSA-OAEP', enc: 'A256GCM', cty: 'JWT' })}.AAAA.AAAA.${base64url(inner)}.AAAA`,
      `${json({ alg: 'dir', enc: 'A256GCM' })}..AAAA.${base64url(inner)}.AAAA`,
    )
  })

  /** The parts of a genuine token, for JSON serialisations (RFC 7515, section 7.2). */
  async function parts() {
    const [header, payload, signature] = (await mint.genuine()).token.split('.')
    return { protected: header, payload, signature }
  }
  attack('H44', async () => {
    const { payload, ...signature } = await parts()
    await refuseAll(JSON.stringify({ payload, signatures: [signature] }))
  })
  attack('H45', async () => refuseAll(JSON.stringify(await parts())))
  attack('H46', async () => {
    const { payload, ...good } = await parts()
    const bad = { ...good, signature: base64url('bad') }
    await refuseAll(
      JSON.stringify({ payload, signatures: [bad, good] }),
      JSON.stringify({ payload, signatures: [good, bad] }),
    )
  })
  attack('H47', async () => {
    const { payload, signature } = await parts()
    await refuseAll(JSON.stringify({ payload, signature, header: (await mint.genuine()).header }))
  })
  attack('H49', async () => refuseAll(`${(await mint.genuine()).token.split('.').slice(0, 2).join('.')}.`))
  attack('H50', async () => refuseAll((await mint.genuine()).token.split('.').slice(0, 2).join('.')))
  attack('H51', async () => {
    const { token } = await mint.genuine()
    await refuseAll(`${token}.AAAA`, `${token}.AAAA.AAAA`, token.split('.')[0], '.'.repeat(100_000), '..', '...')
  })

  attack('H58', async () => {
    const { token } = await mint.genuine()
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const last = alphabet.indexOf(token.at(-1) as string)
    // 683 characters carry 512 bytes and two bits more: three other spellings of one signature.
    await refuseAll(...[1, 2, 3].map((bits) => token.slice(0, -1) + alphabet[last + bits]))
  })
  attack('H59', async () => {
    const { token } = await mint.genuine()
    const [header = '', payload = '', signature = ''] = token.split('.')
    const otherLast = (part: string) => `${part.slice(0, -1)}${part.endsWith('B') ? 'C' : 'B'}`
    // Pad the text, so that each part ends within a group of four.
    const uneven = (part: string) =>
      base64url(
        `${Buffer.from(part, 'base64url').toString()}${' '.repeat(2 - ((Buffer.from(part, 'base64url').length + 1) % 3))}`,
      )
    await refuseAll(
      `${otherLast(uneven(header))}.${payload}.${signature}`,
      `${header}.${otherLast(uneven(payload))}.${signature}`,
    )
  })
  attack('H60', async () => {
    const [header, payload, signature] = (await mint.genuine()).token.split('.')
    await refuseAll(
      `${header}=.${payload}.${signature}`,
      `${header}.${payload}==.${signature}`,
      `${header}.${payload}.${signature}=`,
    )
  })
  attack('H61', async () => {
    let token = ''
    while (!/[-_]/.test(token)) token = (await mint.genuine()).token
    await refuseAll(token.replaceAll('-', '+').replaceAll('_', '/'))
  })
  attack('H62', async () => {
    const { token } = await mint.genuine()
    for (const blank of ['\n', '\t', ' ', '\u00a0', '\0', '\r\n']) {
      await refuseAll(
        `${token}${blank}`,
        `${blank}${token}`,
        token.replace('.', `${blank}.`),
        token.slice(0, 300) + blank + token.slice(300),
      )
    }
  })
  attack('H63', async () => {
    const { token } = await mint.genuine()
    await refuseAll(token.replaceAll('.', '%2E'), token.replace('e', '%65'), encodeURIComponent(`${token} `))
  })
  attack('H64', async () => {
    const { token } = await mint.genuine()
    await refuseAll(token.replaceAll('.', '．'), token.replace('.', '.\u200b'), `\u200f${token}`)
  })
  attack('H65', async () => {
    const { token } = await mint.genuine()
    const objects = [42, [token], { toString: () => token }, Buffer.from(token), new String(token), Symbol('token')]
    await refuseAll(...objects)
  })
  attack('H66', async () => {
    const { token } = await mint.genuine()
    const [header, payload, signature = ''] = token.split('.')
    const ofLength = (length: number) =>
      `${header}.${payload}.${signature.padEnd(length - token.length + signature.length, 'A')}`
    await refuseAll(ofLength(8_193), ofLength(64 * 1_024), ofLength(10 * 1_024 * 1_024))
  })

  return attacks
}
