import { beforeAll, describe, expect, it } from 'vitest'
import { codeOf, createCountedApp } from '../../test/counted-app.ts'
import { startHanko, type TestHanko } from '../../test/start-hanko.ts'

const sdl = /* GraphQL */ `
  type Query {
    open: Int
  }
  type Mutation {
    clear: Int @auth(amr: "passkey")
    add: Int @auth
  }
`
const TEXT = 'mutation { clear }'

let test: TestHanko
let app: Awaited<ReturnType<typeof createCountedApp>>
beforeAll(async () => {
  test = await startHanko()
  app = await createCountedApp(test.hanko, sdl, { resolvers: { Mutation: { clear: () => 1, add: () => 1 } } })
})

const signIn = (amr: string, email = 'ada@example.com') => test.emulator.signIn({ email, amr: [amr] })

async function markerOf({ header }: { header: string }): Promise<unknown> {
  const { errors } = await app.ask(TEXT, { header })
  return (errors?.[0]?.extensions?.['auth'] as { resend?: unknown } | undefined)?.resend
}

/** Posts operations as they are, a list as a batch. */
async function send(body: object, { header }: { header: string }) {
  app.ran.length = 0
  const response = await app.served.fetch(app.served.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', authorization: header },
    body: JSON.stringify(body),
  })
  return (await response.json()) as never
}
const resent = (hankoResend: unknown) => ({ query: TEXT, extensions: { hankoResend } })
const FORBIDDEN = {
  errors: [expect.objectContaining({ extensions: { code: 'FORBIDDEN', auth: { reason: 'forbidden' } } })],
}

describe('an operation that a step-up rule refused, and that is sent again', () => {
  it("runs for the same user's new session, and for nobody else's", async () => {
    const marker = await markerOf(await signIn('pwd'))
    expect(await send(resent(marker), await signIn('passkey'))).toEqual({ data: { clear: 1 } })
    for (const amr of ['passkey', 'pwd'])
      expect([await send(resent(marker), await signIn(amr, 'bob@example.com')), app.ran]).toEqual([FORBIDDEN, []])
  })

  it('is refused with a marker that is nobody’s', async () => {
    const ada = await signIn('passkey')
    const marker = await markerOf(await signIn('pwd'))
    for (const wrong of ['', 'x', `${String(marker)}x`, null, 7, [marker], { marker }])
      expect([await send(resent(wrong), ada), app.ran]).toEqual([FORBIDDEN, []])
  })

  it('has a marker of its own in a batch', async () => {
    const [ada, bob] = [await signIn('passkey'), await signIn('passkey', 'bob@example.com')]
    const marker = await markerOf(await signIn('pwd'))
    const batch = [resent(marker), { query: TEXT }]
    expect(await send(batch, bob)).toEqual([FORBIDDEN, { data: { clear: 1 } }])
    expect(await send(batch, ada)).toEqual([{ data: { clear: 1 } }, { data: { clear: 1 } }])
  })

  it('needs none where no step-up rule is', async () => {
    expect(await send({ query: 'mutation { add }', extensions: { hankoResend: 'x' } }, await signIn('pwd'))).toEqual({
      data: { add: 1 },
    })
    expect(codeOf(await app.ask('{ open }'))).toEqual([200])
  })
})

describe('the refusal of a step-up rule', () => {
  it('has no marker where it could not be checked when it comes back', async () => {
    const { header } = await signIn('pwd')
    const { schema, execute, parse, contextFactory } = app.yoga.getEnveloped({
      req: { headers: { authorization: header } },
    })
    const contextValue: unknown = await contextFactory()
    const result = (await execute({ schema, document: parse(TEXT), contextValue })) as { errors: unknown }
    expect(result.errors).toEqual([
      expect.objectContaining({
        extensions: { code: 'FORBIDDEN', auth: { reason: 'step_up_required', stepUp: { amr: ['passkey'] } } },
      }),
    ])
  })
})
