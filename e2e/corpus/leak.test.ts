import { readdirSync, readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import {
  type SessionValidator,
  type AuthState,
  createSessionValidator,
  type SessionValidatorOptions,
  toPublicReason,
} from 'hanko-session'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createStage, type Stage } from '../../packages/hanko-session/test/stage.ts'
import { titleOf } from './corpus.ts'

const attack = (id: string, run: () => Promise<void> | void) => it(titleOf(id), run)
const SOURCE = new URL('../../packages/hanko-session/src/', import.meta.url)

let stage: Stage
beforeEach(async () => {
  stage = await createStage()
})
afterEach(() => void vi.restoreAllMocks())

/** Every outcome there is, one way or another. */
async function goThroughAll(options: Parameters<Stage['warm']>[0] = {}): Promise<AuthState[]> {
  const hanko = await stage.warm({ deadline: 100, ...options })
  const ada = await stage.emulator.signIn({
    email: 'ada@example.com',
    username: 'ada-lovelace',
    claims: { role: 'r1' },
  })
  const states = [await hanko.validate(ada.token), await hanko.validate(ada.token)]
  for (const token of ['', 'x', `${ada.token}=`, `${ada.token.slice(0, -10)}AAAAAAAAAA`])
    states.push(await hanko.validate(token))
  for (const fault of [
    { kind: 'status', status: 500 },
    { kind: 'status', status: 404 },
    { kind: 'hang' },
    { kind: 'reset' },
    { kind: 'malformed', body: `{"email":"ada@example.com","is_valid":1}` },
    { kind: 'database', state: 'down' },
  ] as const) {
    stage.emulator.faults.set('all', fault)
    states.push(await hanko.validate(ada.token, { fresh: true }))
    stage.time.pass(30_000)
  }
  stage.emulator.faults.clear()
  const eve = await stage.emulator.signIn({ email: 'eve@example.com' })
  states.push(await hanko.authenticate({ cookie: `${ada.cookie}; ${eve.cookie}` }, { changesState: false }))
  await stage.emulator.endSession(ada.sessionId)
  states.push(await hanko.validate(ada.token, { fresh: true }))
  hanko.close()
  states.push(await hanko.validate(ada.token))
  return states
}

/** Files of the core that a bundle for another place than Node may hold. */
function coreFiles(): string[] {
  return readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && !/\.test|testing|conformance|node/.test(path),
  )
}

describe('Leaks, denial of service, surroundings', () => {
  attack('L02', async () => {
    const lines: unknown[] = []
    const record = (...line: unknown[]) => void lines.push(line)
    const logger = { debug() {}, info: record, warn: record, error: record }
    const states = await goThroughAll({ logger })
    expect(new Set(states.map((state) => state.status)).size).toBe(3)
    expect(lines.length).toBeGreaterThan(5)
    const text = inspect([lines, stage.decisions], { depth: 20 })
    expect([/example\.com|lovelace|r1/.test(text), /eyJ/.test(text)]).toEqual([false, false])
  })
  attack('L03', async () => {
    const shown = (await goThroughAll()).flatMap((state) =>
      state.status === 'unauthenticated' ? [toPublicReason(state.reason)] : [],
    )
    expect(new Set(shown)).toEqual(new Set(['no_token', 'invalid_token', 'revoked']))
  })
  attack('L04', async () => {
    const hanko = await stage.warm()
    const size = 100_000
    const fill = (unit: string, end = '!') => unit.repeat(size / unit.length) + end
    const units = ['a', ' ', '\t', '.', '=', ';', 'a.', 'hanko=', 'hanko=a; ', 'Bearer ', 'a=b;', '"', '%20', '-', ',']
    // A quadratic expression would take minutes for these: the test would never end.
    for (const text of units.flatMap((unit) => [fill(unit), `Bearer${fill(unit)}`, `Bearer ${fill(unit)}`])) {
      expect((await hanko.validate(text)).status).toBe('unauthenticated')
      for (const headers of [
        { authorization: text },
        { cookie: text },
        { cookie: `hanko=${text}` },
        { origin: text },
      ]) {
        expect((await hanko.authenticate(headers)).status).toBe('unauthenticated')
        expect((await hanko.authenticate({ headers, connectionParams: { authorization: text } })).status).toBe(
          'unauthenticated',
        )
      }
    }
    expect(stage.posts()).toBe(0)
  })
  attack('L05', async () => {
    const { token } = await stage.emulator.signIn()
    const ended = await stage.emulator.signIn()
    await stage.emulator.endSession(ended.sessionId)
    const forged = `${token.slice(0, -10)}AAAAAAAAAA`
    const decide = async (hanko: SessionValidator) => {
      const outcomes: unknown[] = []
      for (const each of [token, ended.token, forged, 'x', `e30.${token.split('.')[1]}.${token.split('.')[2]}`]) {
        const state = await hanko.validate(each)
        outcomes.push(state.status === 'authenticated' ? state.session.userId : state.reason)
      }
      stage.emulator.faults.set('validate', { kind: 'malformed', body: '{}' })
      outcomes.push((await hanko.validate(token, { fresh: true })).status)
      stage.emulator.faults.clear()
      stage.time.pass(2_000)
      return outcomes
    }
    const polluted = async (pollution: object, work: () => Promise<unknown[]>) => {
      Object.assign(Object.prototype, pollution)
      return work().finally(() => {
        for (const name of Object.keys(pollution)) Reflect.deleteProperty(Object.prototype, name)
      })
    }
    const clean = await decide(await stage.warm())
    expect(clean).toEqual([
      expect.any(String),
      'revoked',
      'bad_signature',
      'malformed_token',
      'unsupported_token',
      'unavailable',
    ])
    const pollution = { is_valid: true, kid: 'x', exp: 9e9, redirect: 'follow', algorithms: ['none'], fresh: true }
    expect(await polluted(pollution, async () => decide(stage.validator()))).toEqual(clean)
    const [warm, cold] = [await stage.warm(), stage.validator()]
    expect(await polluted({ ...pollution, alg: 'none' }, async () => decide(warm))).toEqual(clean)
    // WebCrypto reads an inherited `alg` of a key that it imports: then nobody is let in, rather than anybody.
    const [first, second, third] = await polluted({ ...pollution, alg: 'none' }, async () => decide(cold))
    expect([clean[0], 'keys_unavailable']).toContain(first)
    expect(['revoked', 'keys_unavailable']).toContain(second)
    expect(['bad_signature', 'keys_unavailable']).toContain(third)
  })
  attack('L06', async () => {
    // Whoever can replace functions of the runtime is within. What is promised: the global fetch at the time of the
    // call, which the option says, and one's own when it is given.
    const replaced = vi.spyOn(globalThis, 'fetch')
    await goThroughAll()
    expect(replaced).not.toHaveBeenCalled()
    const { token } = await stage.emulator.signIn()
    const hanko = createSessionValidator({ apiUrl: stage.emulator.apiUrl, clock: stage.time })
    replaced.mockImplementation(async (input, init) => stage.emulator.fetch(input, init))
    expect((await hanko.validate(token)).status).toBe('authenticated')
    expect(readFileSync(new URL('lib/options.ts', SOURCE), 'utf8')).toContain(
      'the global `fetch` at the time of the call',
    )
  })
  attack('L07', async () => {
    const options: SessionValidatorOptions & { claims?: never } = {
      apiUrl: stage.emulator.apiUrl,
      fetch: (input, init) => stage.emulator.fetch(input, init),
      clock: stage.time,
      logger: { debug() {}, info() {}, warn() {}, error() {} },
      audience: ['localhost'],
      trustedOrigins: ['https://app.example'],
    }
    const hanko = createSessionValidator(options)
    const evil = {
      apiUrl: 'https://evil.example',
      audience: ['x'],
      cookieName: 'y',
      originCheck: false,
      maxStaleness: 0,
    }
    ;(options.audience as string[]).length = 0
    ;(options.trustedOrigins as string[]).push('https://evil.example')
    Object.assign(options, evil, { fetch: () => Promise.reject(new Error('evil')) })
    const { token, cookie } = await stage.emulator.signIn()
    expect((await hanko.validate(token)).status).toBe('authenticated')
    const crossSite = { cookie, host: 'app.example', origin: 'https://evil.example' }
    expect(await hanko.authenticate(crossSite)).toMatchObject({ reason: 'cross_site' })
  })
  attack('L08', () => {
    const make = (options: object) => () => createSessionValidator({ apiUrl: 'https://hanko.example', ...options })
    for (const apiUrl of ['', 'undefined', 'null', '0']) expect(make({ apiUrl })).toThrow(TypeError)
    for (const bad of ['', 'undefined', '0', Number.NaN, -1, 0, Number.POSITIVE_INFINITY])
      expect(make({ deadline: bad })).toThrow(TypeError)
    for (const bad of ['', 'undefined', '0', Number.NaN, -1, Number.NEGATIVE_INFINITY])
      for (const name of ['maxStaleness', 'staleIfError']) expect(make({ [name]: bad })).toThrow(TypeError)
    expect(make({ maxStaleness: Number.POSITIVE_INFINITY })).toThrow(/audience/)
    expect(make({ staleIfError: '6m' })).toThrow(TypeError)
    expect(make({ maxStaleness: 0 })).not.toThrow()
    expect(make({ maxStaleness: Number.POSITIVE_INFINITY, audience: 'x' })).not.toThrow()
  })
  attack('L10', async () => {
    const hanko = await stage.warm()
    const { token } = await stage.emulator.signIn()
    await hanko.validate(token)
    const crypto_ = [vi.spyOn(crypto.subtle, 'verify'), vi.spyOn(crypto.subtle, 'digest')]
    for (let hit = 0; hit < 100; hit++) await hanko.validate(token)
    for (const spy of crypto_) expect(spy).not.toHaveBeenCalled()
    // What there is runs beside the event loop: no code of Node's own, synchronous crypto is in use.
    for (const path of coreFiles())
      expect([path, /node:crypto|createVerify|verifySync/.test(readFileSync(new URL(path, SOURCE), 'utf8'))]).toEqual([
        path,
        false,
      ])
  })
  attack('L11', async () => {
    const unhandled: unknown[] = []
    const record = (error: unknown) => void unhandled.push(error)
    process.on('unhandledRejection', record).on('uncaughtException', record)
    for (const options of [
      {},
      { maxStaleness: 0 },
      { joinRequests: false },
      { staleIfError: '1m' },
      { cache: { hold: 'digest' } },
      { maxStaleness: Number.POSITIVE_INFINITY, audience: 'localhost' },
    ] as const) {
      await goThroughAll(options)
    }
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', record).off('uncaughtException', record)
    expect(unhandled).toEqual([])
  })
  attack('L13', () => {
    // Nothing of Node's, and no secret to be had: the only value from outside is the public URL of Hanko.
    const files = coreFiles()
    expect(files.length).toBeGreaterThan(30)
    for (const path of files) {
      const text = readFileSync(new URL(path, SOURCE), 'utf8')
      expect([path, /from 'node:/.test(text)]).toEqual([path, false])
      expect([path, [...text.matchAll(/env\?*\.?\['(\w+)'\]/g)].map(([, name]) => name)]).toEqual([
        path,
        path.endsWith('environment.ts') ? ['HANKO_API_URL'] : [],
      ])
    }
  })
})
