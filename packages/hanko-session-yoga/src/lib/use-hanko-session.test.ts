import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'
import { GRAPHQL_RESPONSE, post, type Served, WAYS } from '../../test/serve.ts'
import { createTestApp } from '../../test/test-app.ts'

const CROSS_SITE = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }

describe.each(Object.entries(WAYS))('useHankoSession behind %s', (_name, serve) => {
  let test: TestHanko
  let app: ReturnType<typeof createTestApp>
  let served: Served
  beforeAll(async () => {
    test = await startHanko({ deadline: 1_000 })
    app = createTestApp(test.hanko)
    served = await serve(app.yoga)
  })
  afterEach(() => {
    test.emulator.faults.clear()
    test.asked()
    app.ran.length = 0
  })
  afterAll(() => served.close())

  it.each(['header', 'cookie'] as const)('answers a signed-in caller, by %s, for one call to Hanko', async (form) => {
    const headers: Record<string, string> =
      form === 'header' ? { authorization: test.ada.header } : { cookie: test.ada.cookie }
    const { status, headers: got, data } = await post(served, '{ me { id name } }', { headers })
    expect({ status, data }).toEqual({ status: 200, data: { me: { id: test.ada.userId, name: 'Ada' } } })
    expect(got.get('cache-control')).toBe('private, no-store')
    expect(test.asked()).toBe(1)
  })

  it('answers a public operation without asking Hanko, whoever calls and whatever Hanko does', async () => {
    test.emulator.faults.set('all', { kind: 'reset' })
    const { status, headers, data } = await post(served, '{ hello account { label } }', {
      headers: { cookie: test.ada.cookie },
    })
    expect({ status, data }).toEqual({ status: 200, data: { hello: 'hello', account: { label: 'main' } } })
    expect(headers.get('cache-control')).toBeNull()
    expect(test.asked()).toBe(0)
  })

  it('G28 refuses a protected operation as a whole with 401 for clients of application/graphql-response+json', async () => {
    const { status, headers, ...body } = await post(served, '{ hello me { id } }')
    expect(status).toBe(401)
    expect(headers.get('content-type')).toMatch(GRAPHQL_RESPONSE)
    expect(headers.get('www-authenticate')).toBe('Bearer')
    expect(headers.get('cache-control')).toBe('private, no-store')
    expect(body).toEqual({
      errors: [
        {
          message: 'Sign in to use this.',
          locations: [{ line: 1, column: 9 }],
          extensions: { code: 'UNAUTHENTICATED', auth: { reason: 'no_token' } },
        },
      ],
    })
    expect([app.ran, test.asked()]).toEqual([[], 0])
  })

  it.each(['application/json', '*/*'])(
    'G28 refuses it with 200 and the same error for clients of %s',
    async (accept) => {
      const { status, headers, ...body } = await post(served, '{ me { id } }', { headers: { accept } })
      expect(status).toBe(200)
      expect(headers.get('content-type')).toMatch('application/json')
      expect(headers.get('cache-control')).toBe('private, no-store')
      expect(body).toMatchObject({
        errors: [{ extensions: { code: 'UNAUTHENTICATED', auth: { reason: 'no_token' } } }],
      })
      expect(body).not.toHaveProperty('data')
      expect(app.ran).toEqual([])
    },
  )

  it('refuses a bad Authorization header with 400, and does not fall through to the cookie', async () => {
    const headers = { authorization: 'Bearer', cookie: test.ada.cookie }
    const { status, headers: got, errors } = await post(served, '{ me { id } }', { headers })
    expect(status).toBe(400)
    expect(got.get('www-authenticate')).toBe('Bearer error="invalid_request"')
    expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_REQUEST', auth: { reason: 'invalid_token' } })
  })

  it('refuses a session that was ended with 401, on the next call', async () => {
    const eve = await test.emulator.signIn()
    const headers = { authorization: eve.header }
    expect((await post(served, '{ me { id } }', { headers })).status).toBe(200)
    await test.emulator.endSession(eve.sessionId)
    const { status, errors } = await post(served, '{ me { id } }', { headers })
    expect(status).toBe(401)
    expect(errors?.[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED', auth: { reason: 'revoked' } })
  })

  it('refuses with 503 and Retry-After while Hanko is down', async () => {
    const headers = { authorization: test.ada.header }
    test.emulator.faults.set('all', { kind: 'status', status: 503, headers: { 'Retry-After': '2' } })
    const { status, headers: got, ...body } = await post(served, 'mutation { touch }', { headers })
    expect(status).toBe(503)
    expect(got.get('retry-after')).toBe('2')
    expect(got.get('www-authenticate')).toBeNull()
    expect(body).toMatchObject({
      errors: [
        { extensions: { code: 'SERVICE_UNAVAILABLE', auth: { reason: 'upstream_unavailable', retryAfter: 2_000 } } },
      ],
    })
    test.emulator.faults.set('all', { kind: 'database', state: 'down' })
    expect((await post(served, '{ me { id } }', { headers })).status).toBe(503)
    expect(app.ran).toEqual([])
    test.emulator.faults.clear()
    expect((await post(served, '{ me { id } }', { headers })).status).toBe(200)
  })

  it('refuses with 504 when Hanko does not answer', async () => {
    test.emulator.faults.set('validate', { kind: 'hang' })
    const { status, errors } = await post(served, '{ me { id } }', { headers: { authorization: test.ada.header } })
    expect(status).toBe(504)
    expect(errors?.[0]?.extensions).toEqual({ code: 'GATEWAY_TIMEOUT', auth: { reason: 'upstream_timeout' } })
    expect(app.ran).toEqual([])
  })

  it('refuses a mutation from a foreign site by cookie with 403, before asking Hanko', async () => {
    const { status, headers, errors } = await post(served, 'mutation { touch }', {
      headers: { cookie: test.ada.cookie, ...CROSS_SITE },
    })
    expect(status).toBe(403)
    expect(headers.get('www-authenticate')).toBeNull()
    expect(errors?.[0]?.extensions).toEqual({ code: 'FORBIDDEN', auth: { reason: 'cross_site' } })
    expect([app.ran, test.asked()]).toEqual([[], 0])
  })

  it('takes a query by POST for the read it is, and a Bearer for no cookie', async () => {
    const cookie = { cookie: test.ada.cookie, ...CROSS_SITE }
    expect((await post(served, '{ me { id } }', { headers: cookie })).status).toBe(200)
    expect((await post(served, '{ insists }', { headers: cookie })).data).toEqual({ insists: test.ada.userId })
    expect(
      (await post(served, 'mutation { touch }', { headers: { authorization: test.ada.header, ...CROSS_SITE } })).status,
    ).toBe(200)
  })

  it.each(['application/x-www-form-urlencoded', 'multipart/form-data'])(
    'G33 refuses a mutation that a foreign page sends as %s, with 403 and without side effect',
    async (type) => {
      const form = new FormData()
      form.set('operations', JSON.stringify({ query: 'mutation { touch }' }))
      form.set('map', '{}')
      const body = type.startsWith('multipart') ? form : new URLSearchParams({ query: 'mutation { touch }' })
      const send = (headers: Record<string, string>): Promise<Response> =>
        served.fetch(served.url, {
          method: 'POST',
          headers: { cookie: test.ada.cookie, accept: 'text/html,*/*;q=0.8', ...headers },
          body,
        })
      expect((await send(CROSS_SITE)).status).toBe(403)
      expect((await send({ origin: 'null' })).status).toBe(403)
      expect(app.ran).toEqual([])
      expect(await (await send({ origin: new URL(served.url).origin })).json()).toEqual({ data: { touch: true } })
    },
  )

  it('G33 takes an upload from its own origin', async () => {
    const form = new FormData()
    form.set(
      'operations',
      JSON.stringify({ query: 'mutation ($file: File!) { upload(file: $file) }', variables: { file: null } }),
    )
    form.set('map', JSON.stringify({ 0: ['variables.file'] }))
    form.set('0', new File(['content'], 'a.txt'))
    const headers = { cookie: test.ada.cookie, 'sec-fetch-site': 'same-origin' }
    const response = await served.fetch(served.url, { method: 'POST', headers, body: form })
    expect(await response.json()).toEqual({ data: { upload: 'content' } })
  })

  it('G15 answers each operation of a batch by itself, for one call to Hanko', async () => {
    const queries = [
      '{ hello }',
      '{ me { name } }',
      'mutation { touch }',
      ...Array.from({ length: 1_000 }, () => '{ users { __typename } }'),
    ]
    const send = async (
      headers: Record<string, string>,
    ): Promise<{ data?: unknown; errors?: { extensions: unknown }[] }[]> => {
      const body = JSON.stringify(queries.map((query) => ({ query })))
      const response = await served.fetch(served.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
      })
      expect(response.headers.get('cache-control')).toBe('private, no-store')
      return (await response.json()) as { data?: unknown; errors?: { extensions: unknown }[] }[]
    }
    const signedOut = await send({})
    expect(signedOut[0]).toEqual({ data: { hello: 'hello' } })
    const refused = { code: 'UNAUTHENTICATED', auth: { reason: 'no_token' } }
    expect(signedOut.slice(1).every(({ data, errors }) => data === undefined && errors?.length === 1)).toBe(true)
    expect(signedOut[1]?.errors?.[0]?.extensions).toEqual(refused)
    expect([app.ran, test.asked()]).toEqual([[], 0])

    const signedIn = await send({ authorization: test.ada.header })
    expect(signedIn.slice(0, 3)).toEqual([
      { data: { hello: 'hello' } },
      { data: { me: { name: 'Ada' } } },
      { data: { touch: true } },
    ])
    expect([signedIn.length, test.asked()]).toEqual([1_003, 1])
  })

  it('judges the operations of a batch one by one: a foreign site may read, not write', async () => {
    const body = JSON.stringify([{ query: '{ me { name } }' }, { query: 'mutation { touch }' }])
    const headers = { 'content-type': 'application/json', cookie: test.ada.cookie, ...CROSS_SITE }
    const [read, write] = (await (await served.fetch(served.url, { method: 'POST', headers, body })).json()) as object[]
    expect(read).toEqual({ data: { me: { name: 'Ada' } } })
    expect(write).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] })
    expect(app.ran).toEqual(['me', 'User.name'])
  })

  it('G32 asks Hanko once for a hundred protected fields', async () => {
    const fields = Array.from({ length: 100 }, (_, at) => `a${at}: count(upTo: ${at})`).join(' ')
    const { data } = await post(served, `{ ${fields} users { id name } }`, {
      headers: { authorization: test.ada.header },
    })
    expect(Object.keys(data as object)).toHaveLength(101)
    expect(test.asked()).toBe(1)
  })

  it('G09 refuses a thousand aliases of a protected field at once, with one error', async () => {
    const query = `{ ${Array.from({ length: 1_000 }, (_, at) => `a${at}: extra`).join(' ')} }`
    test.emulator.faults.set('validate', { kind: 'reset' })
    const { calls } = test.hanko.stats() // an attempt that fails may be made twice: it is one call
    const { status, errors } = await post(served, query, { headers: { authorization: test.ada.header } })
    expect([status, errors?.length, app.ran]).toEqual([503, 1, []])
    expect(test.hanko.stats().calls).toBe(calls + 1)
  })

  it.each([
    ['G05 a list of a protected type with __typename only', '{ users { __typename } }'],
    [
      'G06 a mutation that returns a protected type, with __typename only',
      'mutation { rename(name: "x") { __typename } }',
    ],
    ['a field that an extension protects', '{ extra }'],
    ['a type that an extension protects', '{ late { __typename } }'],
    [
      'a field deep down, in fragments',
      '{ account { ...A } } fragment A on Account { self { ... { self { x: secret } } } }',
    ],
    ['a field of an interface that returns a protected type', '{ maybe { ... on Account { owner { __typename } } } }'],
  ])('refuses %s', async (_title, query) => {
    const { status, errors, data } = await post(served, query)
    expect([status, errors?.[0]?.extensions?.['code'], data, app.ran]).toEqual([401, 'UNAUTHENTICATED', undefined, []])
  })

  it('looks at the operation that is to run, and at no other', async () => {
    const query = 'query Public { hello } query Private { me { id } }'
    expect((await post(served, query, { operationName: 'Public' })).data).toEqual({ hello: 'hello' })
    expect((await post(served, query, { operationName: 'Private' })).status).toBe(401)
    expect((await post(served, query)).errors).toHaveLength(1)
    expect(app.ran).toEqual([])
  })

  it('takes no `auth` from the server’s own context: it is that of the request', async () => {
    const auth = test.hanko.forRequest(new Headers({ authorization: test.ada.header }))
    const url = 'http://localhost/graphql?query={extra}'
    const response = await app.yoga.fetch(url, { headers: { accept: GRAPHQL_RESPONSE } }, { auth } as object)
    expect([response.status, app.ran]).toEqual([401, []])
  })

  it('G18 keeps no decision with a document that users share', async () => {
    const query = 'query Shared { me { name } }'
    const asAda = (): Promise<unknown> =>
      post(served, query, { headers: { authorization: test.ada.header } }).then(({ data }) => data)
    const statusOf = async (headers: Record<string, string>): Promise<number> =>
      (await post(served, query, { headers })).status
    expect(await asAda()).toEqual({ me: { name: 'Ada' } })
    expect(await statusOf({})).toBe(401)
    expect(await asAda()).toEqual({ me: { name: 'Ada' } })
    expect(await statusOf({ authorization: 'Bearer x.y.z' })).toBe(401)
  })

  it('marks an answer whose resolvers looked at the session by themselves', async () => {
    const { data, headers } = await post(served, '{ whoami }')
    expect([data, headers.get('cache-control')]).toEqual([{ whoami: 'unauthenticated' }, 'private, no-store'])
  })

  it('G34 gives the error of a field its path and location, and the answer no status of its own', async () => {
    const { status, headers, data, errors } = await post(served, '{\n  all: nodes { hidden: secret }\n}')
    expect([status, data]).toEqual([200, { all: [{ hidden: null }] }])
    expect(headers.get('www-authenticate')).toBeNull()
    expect(errors).toEqual([
      {
        message: 'Sign in to use this.',
        locations: [{ line: 2, column: 16 }],
        path: ['all', 0, 'hidden'],
        extensions: { code: 'UNAUTHENTICATED', auth: { reason: 'no_token' } },
      },
    ])
    expect(app.ran).toEqual([])
  })

  it('G42 serves GraphiQL to everybody, and through it no data', async () => {
    const page = await served.fetch(served.url, { headers: { accept: 'text/html' } })
    expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')])
    const url = `${served.url}?query=${encodeURIComponent('{ me { id } }')}`
    expect((await served.fetch(url, { headers: { accept: 'text/html' } })).headers.get('content-type')).toContain(
      'text/html',
    )
    expect((await served.fetch(url, { headers: { accept: GRAPHQL_RESPONSE } })).status).toBe(401)
    expect(app.ran).toEqual([])
  })
})
