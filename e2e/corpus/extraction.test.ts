import type { RequestInput } from 'hanko-session'
import { beforeEach, describe, expect, it } from 'vitest'
import { titleOf } from './corpus.ts'
import { createTarget, type Target } from './target.ts'

let target: Target
let token: string

beforeEach(async () => {
  target = await createTarget()
  token = (await target.genuine()).token
})

const attack = (id: string, run: () => Promise<void>) => it(titleOf(id), run)
const read = { changesState: false }
const noToken = { shown: 'no_token' }

/** One header in every container that can hold it. */
function everywhere(name: string, value: string): RequestInput[] {
  const containers: RequestInput[] = [
    { [name]: value },
    { headers: { [name]: value }, method: 'GET' },
    { [name]: [value] },
  ]
  try {
    containers.push(new Headers({ [name]: value }), new Request('https://app.example/', { headers: { [name]: value } }))
  } catch {
    // Not a value that fetch would carry.
  }
  return containers
}

async function acceptCookie(value: string): Promise<void> {
  for (const input of everywhere('cookie', value)) await target.expectAccepted(input, read)
}

async function refuseCookie(value: string, expected?: { status?: number; shown?: string }): Promise<void> {
  for (const input of everywhere('cookie', value)) await target.expectRefused(input, expected, read)
}

async function acceptBearer(value: string): Promise<void> {
  for (const input of everywhere('authorization', value)) await target.expectAccepted(input)
  await target.expectAccepted({ headers: {}, connectionParams: { authorization: value } })
}

async function refuseBearer(value: string, expected?: { status?: number; shown?: string }): Promise<void> {
  for (const input of everywhere('authorization', value)) await target.expectRefused(input, expected)
  await target.expectRefused({ headers: {}, connectionParams: { authorization: value } }, expected)
}

describe('Extraction', () => {
  attack('X01', async () => {
    await acceptCookie(`hanko=${token}; hanko=${token}`)
    expect(target.emulator.requests.count()).toBe(everywhere('cookie', '').length)
  })

  attack('X02', async () => {
    const other = await target.genuine()
    const both = `hanko=${token}; hanko=${other.token}`
    expect(await target.hanko.authenticate({ cookie: both }, read)).toEqual({
      status: 'unauthenticated',
      reason: 'ambiguous_credentials',
    })
    await target.emulator.endSession(other.sessionId)
    await acceptCookie(both)
    const newer = await target.emulator.signIn({ userId: other.userId })
    target.emulator.clock.advance('1s')
    const newest = await target.emulator.signIn({ userId: other.userId })
    const state = await target.hanko.authenticate({ cookie: `hanko=${newest.token}; hanko=${newer.token}` }, read)
    expect(state).toMatchObject({ status: 'authenticated', session: { sessionId: newest.sessionId } })
  })

  attack('X03', async () => {
    await acceptCookie(`hanko=junk; hanko=${token}`)
    await acceptCookie(`hanko=${token}; hanko=junk`)
  })

  attack('X04', () => refuseCookie(`hanko="${token}"`))
  attack('X05', async () => {
    await refuseCookie(`Hanko=${token}`, noToken)
    await refuseCookie(`HANKO=${token}`, noToken)
  })
  attack('X06', async () => {
    await acceptCookie(`hanko =${token}`)
    await acceptCookie(`a=1; \thanko=${token}`)
    await acceptCookie(`a=1;  hanko= ${token} ; b=2`)
    await refuseCookie(`a=1; \u00a0hanko=${token}`, noToken)
  })
  attack('X07', () => refuseCookie(`a=1, hanko=${token}`, noToken))
  attack('X08', async () => {
    const headers = new Headers({ cookie: 'a=1' })
    headers.append('cookie', `hanko=${token}`)
    await target.expectAccepted({ cookie: ['a=1', `hanko=${token}`] }, read)
    await target.expectAccepted({ headers: { cookie: ['a=1', `hanko=${token}`, 'b=2'] } }, read)
    if (headers.get('cookie')?.includes('; ')) await target.expectAccepted(headers, read)
    else await target.expectRefused(headers, noToken, read) // a runtime that folds with a comma: X07
  })
  attack('X09', async () => {
    for (const value of [
      token.replaceAll('.', '%2E'),
      encodeURIComponent(`${token}=`),
      '%E0%A4%A',
      '%00',
      `${token}%00`,
    ])
      await refuseCookie(`hanko=${value}`)
  })
  attack('X10', async () => {
    for (const value of ['hanko', `=${token}`, 'hanko=', 'hanko=; a=1', 'a; hanko; b'])
      await refuseCookie(value, noToken)
  })
  attack('X11', async () => {
    await acceptCookie(`__proto__=x; hanko=${token}`)
    await acceptCookie(`constructor=x; toString=y; hanko=${token}`)
    expect(({} as { x?: unknown }).x).toBeUndefined()
  })
  attack('X12', async () => {
    const pairs = Array.from({ length: 10_000 }, (_, index) => `c${index}=v`)
    await target.expectAccepted(
      { cookie: [...pairs.slice(0, 5_000), `hanko=${token}`, ...pairs.slice(5_000)].join('; ') },
      read,
    )
    await target.expectAccepted({ cookie: `pad=${'x'.repeat(64 * 1_024)}; hanko=${token}` }, read)
    // None of these may take more than one look: in a quadratic one the test would never end.
    for (const unit of [';', 'hanko', 'hanko=;', '; ', '='])
      await target.expectRefused({ cookie: unit.repeat(1_000_000) }, noToken, read)
    await target.expectRefused({ cookie: `${'hanko;'.repeat(10_000)}${' ='.repeat(10_000)}` }, noToken, read)
  })
  attack('X14', async () => {
    const evil = await target.genuine()
    const header = `x="a; hanko=${evil.token}; y="; hanko=${token}`
    expect(await target.hanko.authenticate({ cookie: header }, read)).toEqual({
      status: 'unauthenticated',
      reason: 'ambiguous_credentials',
    })
    await target.emulator.endSession(evil.sessionId)
    await acceptCookie(header)
  })
  attack('X15', async () => {
    const by = target.validator({ cookieName: '__Host-hanko' })
    await target.expectRefused({ cookie: `hanko=${token}` }, { ...noToken, by }, read)
    await target.expectRefused({ cookie: `__host-hanko=${token}` }, { ...noToken, by }, read)
    expect((await by.authenticate({ cookie: `__Host-hanko=${token}` }, read)).status).toBe('authenticated')
  })
  attack('X16', async () => {
    for (const name of ['hanko2', 'xhanko', 'hanko.sig', 'hanko-', '-hanko'])
      await refuseCookie(`${name}=${token}`, noToken)
  })
  attack('X17', async () => {
    for (const scheme of ['bearer', 'BEARER', 'BeArEr']) await acceptBearer(`${scheme} ${token}`)
  })
  attack('X18', async () => {
    await acceptBearer(`Bearer  ${token}`)
    await acceptBearer(`Bearer ${token} `)
    await refuseBearer(`Bearer\t${token}`, { status: 400 })
  })
  attack('X19', () => refuseBearer(`Bearer${token}`, { status: 400 }))
  attack('X21', async () => {
    for (const scheme of ['Basic', 'DPoP', 'Token', 'JWT']) {
      await refuseBearer(`${scheme} ${token}`, noToken)
      // Not ours: the next source is asked.
      await target.expectAccepted({ authorization: `${scheme} x`, cookie: `hanko=${token}` }, read)
    }
  })
  attack('X23', async () => {
    const headers = new Headers({ authorization: `Bearer ${token}` })
    headers.append('authorization', `Bearer ${token}`)
    const lines = [`Bearer ${token}`, `Bearer ${token}`]
    for (const input of [
      headers,
      { headers: { authorization: lines[0] }, headersDistinct: { authorization: lines } },
      { authorization: lines },
    ]) {
      await target.expectRefused(input, { status: 400 })
    }
  })
  attack('X24', () => refuseBearer(`Bearer ${token}, realm=x`, { status: 400 }))
  attack('X25', async () => {
    for (const bad of ['Bearer junk', `Bearer ${token}=`, 'Bearer AAAA.AAAA.AAAA']) {
      await target.expectRefused({ authorization: bad, cookie: `hanko=${token}` })
    }
    const { token: other, sessionId } = await target.genuine()
    await target.emulator.endSession(sessionId)
    expect(await target.hanko.authenticate({ authorization: `Bearer ${other}`, cookie: `hanko=${token}` })).toEqual({
      status: 'unauthenticated',
      reason: 'revoked',
    })
  })
  attack('X26', async () => {
    const bearer = await target.genuine()
    const state = await target.hanko.authenticate({ authorization: `Bearer ${bearer.token}`, cookie: `hanko=${token}` })
    expect(state).toMatchObject({ status: 'authenticated', session: { sessionId: bearer.sessionId } })
  })
  attack('X28', async () => {
    for (const query of [`access_token=${token}`, `session_token=${token}`, `hanko=${token}`]) {
      await target.expectRefused(new Request(`https://app.example/?${query}`), noToken)
      const body = new URLSearchParams(query)
      await target.expectRefused(new Request('https://app.example/', { method: 'POST', body }), noToken)
    }
  })
  attack('X32', async () => {
    for (const bad of [`${token}\n`, `${token.slice(0, 50)}\n${token.slice(50)}`]) {
      await target.expectRefused({ headers: {}, connectionParams: { authorization: `Bearer ${bad}` } })
    }
  })
  attack('X34', async () => {
    const params = await target.genuine()
    const state = await target.hanko.authenticate({
      headers: { cookie: `hanko=${token}` },
      connectionParams: { Authorization: `Bearer ${params.token}` },
    })
    expect(state).toMatchObject({ status: 'authenticated', session: { sessionId: params.sessionId } })
  })
  attack('X36', async () => {
    const post = (headers: Record<string, string>) =>
      new Request('https://api.example/', {
        method: 'POST',
        headers: { cookie: `hanko=${token}`, host: 'api.example', ...headers },
      })
    for (const foreign of [
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'null' },
    ]) {
      await target.expectRefused(post(foreign), { status: 403, shown: 'cross_site' })
    }
    const trusting = target.validator({ trustedOrigins: ['https://app.example'] })
    expect(
      (await trusting.authenticate(post({ origin: 'https://app.example', 'sec-fetch-site': 'cross-site' }))).status,
    ).toBe('authenticated')
    // A Bearer is not sent by the browser on its own.
    await target.expectAccepted(
      new Request('https://api.example/', {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, origin: 'https://evil.example' },
      }),
    )
  })
  attack('X38', async () => {
    for (const name of ['cookie', 'Cookie', 'COOKIE']) await target.expectAccepted({ [name]: `hanko=${token}` }, read)
    for (const name of ['authorization', 'Authorization', 'AUTHORIZATION']) {
      await target.expectAccepted({ [name]: `Bearer ${token}` })
      await target.expectAccepted({ [name]: [`Bearer ${token}`] })
    }
  })
  attack('X39', async () => {
    const fail = () => {
      throw new Error('hostile')
    }
    const hostile: unknown[] = [
      Object.defineProperty({}, 'authorization', { enumerable: true, get: fail }),
      { headers: Object.defineProperty({}, 'cookie', { enumerable: true, get: fail }) },
      Object.defineProperty({}, 'headers', { enumerable: true, get: fail }),
      new Proxy({}, { ownKeys: fail, get: fail, has: fail }),
      { headers: { get: fail, has: fail } },
      { headers: new Proxy({}, { ownKeys: fail }) },
    ]
    for (const input of hostile) {
      const state = await target.hanko.authenticate(input as RequestInput)
      expect(state).toEqual({ status: 'unauthenticated', reason: 'malformed_credentials' })
    }
    const bare = Object.assign(Object.create(null) as Record<string, string>, { authorization: `Bearer ${token}` })
    await target.expectAccepted(bare)
  })
})
