import { describe, expect, it } from 'vitest'
import { quickBearer } from './quick-bearer.ts'
import { readCredential } from './read-candidates.ts'
import { toRequestFacts } from './request-facts.ts'

const settings = { tokenSources: ['bearer', 'connectionParams', 'cookie'], cookieName: 'hanko' } as const

/** The one Bearer of a request that is no WebSocket, found the whole way. */
function findSlowly(request: unknown): string | undefined {
  const facts = toRequestFacts(request)
  if (facts === undefined || facts.isWebSocket) return undefined
  const { source, texts } = readCredential(facts, settings)
  return source === 'bearer' && typeof texts !== 'string' ? texts[0] : undefined
}

const VALUES = [
  'Bearer t',
  'bearer t',
  'Bearer  t',
  'Bearer t ',
  'Bearer t, Bearer u',
  'Bearer ',
  'Bearer',
  'Basic x',
  '',
]
const MORE: Record<string, string>[] = [{}, { cookie: 'hanko=v' }, { upgrade: 'websocket' }, { upgrade: 'h2c' }]
const BESIDE = [
  {},
  { connectionParams: null },
  { connectionParams: { authorization: 'Bearer u' } },
  { requestContext: { http: { method: 'GET' } } },
]
const REQUESTS = VALUES.flatMap((authorization) =>
  MORE.flatMap((more) =>
    BESIDE.flatMap((beside) =>
      ['GET', 'POST', 'CONNECT', undefined].flatMap((method) => [
        { headers: new Headers({ authorization, ...more }), method, ...beside },
        { headers: { authorization, ...more }, method, ...beside },
      ]),
    ),
  ),
)

describe('quickBearer', () => {
  it('says what the whole way says, nothing, or what is no token', () => {
    const found = REQUESTS.map((request) => [quickBearer(request), request] as const).filter(([quick]) => quick)
    const tokens = found.filter(([quick]) => !/[ \t,]/.test(quick ?? ''))
    expect(tokens.length).toBeGreaterThan(5)
    for (const [quick, request] of tokens) expect([request, quick]).toEqual([request, findSlowly(request)])
  })

  it('finds that of a plain Request, whatever its method', () => {
    const init = { headers: { authorization: 'Bearer t', cookie: 'hanko=v' } }
    for (const method of ['GET', 'POST'])
      expect(quickBearer(new Request('https://app.example/', { method, ...init }))).toBe('t')
  })

  it('says nothing of records, of which Node keeps only the first of several values', () => {
    expect(quickBearer({ headers: { authorization: 'Bearer t' } })).toBeUndefined()
  })

  it.each([undefined, null, 7, 'x', {}, new Headers({ authorization: 'Bearer t' })])(
    'says nothing of %s',
    (request) => {
      expect(quickBearer(request)).toBeUndefined()
    },
  )
})
