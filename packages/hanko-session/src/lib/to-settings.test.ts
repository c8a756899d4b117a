import { afterEach, describe, expect, it, vi } from 'vitest'
import { toSettings } from './to-settings.ts'

const apiUrl = 'https://abc.hanko.io'
// Options as JavaScript callers may write them.
const settle = (options: Record<string, unknown>) => toSettings({ apiUrl, ...options })

afterEach(() => vi.unstubAllEnvs())

describe('toSettings', () => {
  it('fills in the documented defaults', () => {
    expect(settle({})).toMatchObject({
      apiUrl,
      cookieName: 'hanko',
      tokenSources: ['bearer', 'connectionParams', 'cookie'],
      trustedOrigins: new Set(),
      originCheck: true,
      maxStaleness: 30_000,
      staleIfError: 0,
      streamCheck: 5_000,
      hold: 'text',
      maxSessions: 100_000,
      clockSkew: 5_000,
      deadline: 2_500,
      audience: undefined,
      issuer: undefined,
      claims: undefined,
    })
  })

  it('takes apiUrl from HANKO_API_URL, and prefers the option', () => {
    vi.stubEnv('HANKO_API_URL', 'https://env.hanko.io')
    expect(toSettings({}).apiUrl).toBe('https://env.hanko.io')
    expect(toSettings({ apiUrl }).apiUrl).toBe(apiUrl)
  })

  it.each(['tenants', 'tenant', 'maxTenants'])('names the door that has the option %s', (option) => {
    expect(() => settle({ [option]: 'uuid' })).toThrow(`${option} is an option of createTenantValidator`)
  })

  it('has requests wait for nothing of each other on Workers, unless told to', () => {
    expect(settle({}).joinRequests).toBe(true)
    vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' })
    expect([settle({}).joinRequests, settle({ joinRequests: true }).joinRequests]).toEqual([false, true])
    vi.unstubAllGlobals()
  })

  it.each(['', 'undefined'])('L08 refuses HANKO_API_URL=%j', (value) => {
    vi.stubEnv('HANKO_API_URL', value)
    expect(() => toSettings({})).toThrow('HANKO_API_URL')
  })

  it.each([
    ['cookieName', ''],
    ['cookieName', 'a b'],
    ['cookieName', 'a;b'],
    ['cookieName', 1],
    ['tokenSources', []],
    ['tokenSources', ['query']],
    ['tokenSources', ['cookie', 'cookie']],
    ['tokenSources', 'cookie'],
    ['trustedOrigins', ['*']],
    ['trustedOrigins', ['https://a.example/']],
    ['trustedOrigins', ['a.example']],
    ['trustedOrigins', ['null']],
    ['trustedOrigins', 'https://a.example'],
    ['originCheck', 'false'],
    ['originCheck', 0],
    ['allowPlainHttp', 'yes'],
    ['audience', ''],
    ['audience', []],
    ['audience', [1]],
    ['audience', undefined],
    ['issuer', ''],
    ['issuer', 7],
    ['issuer', undefined],
    ['claims', {}],
    ['claims', undefined],
    ['clockSkew', '5 seconds'],
    ['deadline', 0],
    ['deadline', Number.POSITIVE_INFINITY],
    ['deadline', 'NaN'],
    ['deadline', '1000h'],
    ['limits', 5],
    ['limits', null],
    ['cache', null],
    ['joinRequests', null],
    ['waitUntil', {}],
    ['fetch', 'fetch'],
    ['clock', {}],
    ['logger', {}],
    ['logger', { warn() {} }],
    ['onDecision', 'log'],
    ['maxAge', 3],
  ])('L08 refuses %s: %j with a TypeError that names it', (name, value) => {
    expect(() => settle({ [name]: value })).toThrow(TypeError)
    expect(() => settle({ [name]: value })).toThrow(name)
  })

  it.each(['https://hanko.example', null, 7, () => ({})])('refuses %j, which is no object of options', (given) => {
    const create = () => toSettings(given as object)
    expect(create).toThrow(TypeError)
    expect(create).toThrow('the options of createSessionValidator must be a plain object')
  })

  it('says that 0 and Infinity are taken, where they are', () => {
    const rest = "a positive number of milliseconds or a duration like '500ms', '30s', '5m', '12h'"
    expect(() => settle({ maxStaleness: -1 })).toThrow(`maxStaleness must be 0, Infinity, ${rest}`)
    expect(() => settle({ staleIfError: -1 })).toThrow(`staleIfError must be 0, ${rest}`)
    expect(() => settle({ deadline: -1 })).toThrow(`deadline must be ${rest}`)
  })

  it("L07 keeps nothing of the caller's objects", () => {
    const options = { audience: ['a'], trustedOrigins: ['https://a.example'], tokenSources: ['cookie' as const] }
    const settings = settle(options)
    options.audience.push('b')
    options.trustedOrigins.push('https://evil.example')
    options.tokenSources.pop()
    expect(settings.audience).toEqual(['a'])
    expect([...settings.trustedOrigins]).toEqual(['https://a.example'])
    expect(settings.tokenSources).toEqual(['cookie'])
    expect(Object.isFrozen(settings)).toBe(true)
  })

  it('L05 takes no option of an option from Object.prototype, either', () => {
    Object.assign(Object.prototype, { hold: 'digest' })
    try {
      expect(settle({ cache: { maxSessions: 3 } })).toMatchObject({ hold: 'text', maxSessions: 3 })
    } finally {
      delete (Object.prototype as { hold?: string }).hold
    }
  })

  it('L05 takes no option from Object.prototype', () => {
    Object.assign(Object.prototype, { originCheck: false, trustedOrigins: ['https://evil.example'] })
    try {
      expect([settle({}).originCheck, settle({}).trustedOrigins.size]).toEqual([true, 0])
    } finally {
      for (const name of ['originCheck', 'trustedOrigins']) delete (Object.prototype as Record<string, unknown>)[name]
    }
  })

  it('writes only warnings and errors by default, the sentence first', () => {
    const lines = (['debug', 'info', 'warn', 'error'] as const).map((level) =>
      vi.spyOn(console, level).mockImplementation(() => {}),
    )
    const { logger } = settle({})
    for (const level of ['debug', 'info', 'warn', 'error'] as const) logger[level]({}, level)
    expect(lines.map((line) => line.mock.calls)).toEqual([[], [], [['warn', {}]], [['error', {}]]])
    vi.restoreAllMocks()
  })
})
