import { beforeAll, expect, it } from 'vitest'
import { describeContract } from './contract-target.ts'
import { call, decodePart, encodePart, postValidate, postValidateBody, signIn } from './hanko-calls.ts'

// Expectations: hanko-transcripts/validate.txt.
const REQUIRED = { code: 400, message: 'code=400, message=session_token is a required field' }
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const WHOLE_SECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/

describeContract('POST /sessions/validate', (target) => {
  let session: { token: string; userId: string; email: string }
  beforeAll(async () => {
    session = await signIn(target())
  })

  it('describes a valid session, with times in whole seconds', async () => {
    const answer = await postValidate(target(), session.token)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('Content-Type')).toBe('application/json')
    expect(answer.headers.get('Cache-Control')).toBeNull()
    expect(answer.headers.get('X-Request-Id')).toMatch(/^[A-Za-z0-9]{32}$/)
    const {
      exp,
      iat,
      session_id: sessionId,
    } = decodePart(session.token, 1) as { exp: number; iat: number; session_id: string }
    const seconds = (time: number): string => new Date(time * 1_000).toISOString().replace('.000', '')
    expect(answer.body).toEqual({
      is_valid: true,
      claims: {
        audience: ['localhost'],
        email: { address: session.email, is_primary: true, is_verified: true },
        expiration: seconds(exp),
        issued_at: seconds(iat),
        session_id: expect.stringMatching(UUID) as string,
        subject: session.userId,
      },
      expiration_time: expect.stringMatching(WHOLE_SECONDS) as string,
      user_id: session.userId,
    })
    expect(answer.body).toMatchObject({ claims: { session_id: sessionId }, expiration_time: seconds(exp) })
  })

  it('says only is_valid:false to garbage, to forgeries and to a token of 100 kB', async () => {
    const [header, payload, signature = ''] = session.token.split('.')
    const other = encodePart({ ...decodePart(session.token, 1), sub: crypto.randomUUID() })
    const forged = [
      'abc',
      `${header}.${payload}`,
      `${header}.${payload}.`,
      `${header}.${payload}.${signature}.${signature}`,
      `${header}.${other}.${signature}`,
      `${header}.${payload}.${signature.slice(0, -8)}AAAAAAAA`,
      `${encodePart({ alg: 'none', typ: 'JWT' })}.${payload}.`,
      `Bearer ${session.token}`,
      'a'.repeat(100_000),
    ]
    for (const token of forged) {
      const answer = await postValidate(target(), token)
      expect({ status: answer.status, body: answer.body }).toEqual({ status: 200, body: { is_valid: false } })
    }
  })

  it.each([
    ['an empty token', '{"session_token":""}', REQUIRED],
    ['no token', '{}', REQUIRED],
    ['a null', '{"session_token":null}', REQUIRED],
    ['a body of null', 'null', REQUIRED],
    ['an empty body', '', REQUIRED],
    ['a number', '{"session_token":42}', typeError('string', 'number', 'session_token', 19)],
    ['an object', '{"session_token":{}}', typeError('string', 'object', 'session_token', 18)],
    ['a body that is an array', '[]', typeError('dto.ValidateSessionRequest', 'array', '', 1)],
    ['JSON that stops too early', '{"session_token":', { code: 400, message: 'unexpected EOF' }],
  ])('refuses %s with 400 and says why', async (_, body, expected) => {
    const answer = await postValidateBody(target(), body)
    expect({ status: answer.status, body: answer.body }).toEqual({ status: 400, body: expected })
  })

  it('takes the key in any case, ignores other keys, and of duplicates believes the last', async () => {
    const token = JSON.stringify(session.token)
    const isValid = async (body: string): Promise<unknown> => (await postValidateBody(target(), body)).body
    expect(await isValid(`{"Session_Token":${token}}`)).toMatchObject({ is_valid: true })
    expect(await isValid(`{"session_token":${token},"x":1}`)).toMatchObject({ is_valid: true })
    expect(await isValid(`{"session_token":"x","session_token":${token}}`)).toMatchObject({ is_valid: true })
    expect(await isValid(`{"session_token":${token},"session_token":"x"}`)).toEqual({ is_valid: false })
  })

  it('takes JSON with a charset, finds nothing in a form, and answers 415 to other content types', async () => {
    const url = `${target().apiUrl}/sessions/validate`
    const body = JSON.stringify({ session_token: session.token })
    const send = (type: string | undefined, text: string) =>
      call(url, {
        method: 'POST',
        // Bytes have no content type of their own, a string would.
        body: new TextEncoder().encode(text),
        ...(type === undefined ? {} : { headers: { 'Content-Type': type } }),
      })
    expect((await send('application/json; charset=utf-8', body)).body).toMatchObject({ is_valid: true })
    expect(await send('application/x-www-form-urlencoded', `session_token=${session.token}`)).toMatchObject({
      status: 400,
      body: REQUIRED,
    })
    const unsupported = { status: 415, body: { code: 415, message: 'Unsupported Media Type' } }
    expect(await send('text/plain', body)).toMatchObject(unsupported)
    expect(await send(undefined, body)).toMatchObject(unsupported)
  })

  it('does not look at the Authorization header', async () => {
    const answer = await call(`${target().apiUrl}/sessions/validate`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${session.token}` },
      body: '{}',
    })
    expect(answer).toMatchObject({ status: 400, body: REQUIRED })
  })

  it('answers 404 to PUT, to HEAD and to a trailing slash', async () => {
    const url = `${target().apiUrl}/sessions/validate`
    const notFound = { status: 404, body: { code: 404, message: 'Not Found' } }
    expect(await call(url, { method: 'PUT' })).toMatchObject(notFound)
    expect(await call(url, { method: 'HEAD' })).toMatchObject({ status: 404, body: '' })
    expect(
      await call(`${url}/`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' }),
    ).toMatchObject(notFound)
    expect(await call(`${target().apiUrl}/nope`)).toMatchObject(notFound)
  })
})

function typeError(expected: string, got: string, field: string, offset: number): { code: number; message: string } {
  return {
    code: 400,
    message: `Unmarshal type error: expected=${expected}, got=${got}, field=${field}, offset=${offset}`,
  }
}
