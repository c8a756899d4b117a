import { beforeAll, expect, it } from 'vitest'
import { describeContract } from './contract-target.ts'
import { call, getValidate, signIn } from './hanko-calls.ts'

const ALLOWED = 'http://localhost:3000'

// Expectations: hanko-transcripts/validate.txt, cookies-and-cors.txt, elements/a-register.txt.
describeContract('CORS', (target) => {
  let cookie: string
  beforeAll(async () => {
    cookie = `hanko=${(await signIn(target())).token}`
  })

  it('echoes an allowed origin, with credentials', async () => {
    const { headers, body } = await getValidate(target(), { Cookie: cookie, Origin: ALLOWED })
    expect(body).toMatchObject({ is_valid: true })
    expect(headers.get('Access-Control-Allow-Origin')).toBe(ALLOWED)
    expect(headers.get('Access-Control-Allow-Credentials')).toBe('true')
    expect(headers.get('Access-Control-Expose-Headers')).toContain('X-Session-Lifetime,X-Session-Retention')
    expect(headers.get('Vary')).toBe('Origin')
  })

  it('answers other origins all the same, without the headers that let a browser read it', async () => {
    const { headers, body } = await getValidate(target(), { Cookie: cookie, Origin: 'http://evil.example' })
    expect(body).toMatchObject({ is_valid: true })
    expect(headers.get('Access-Control-Allow-Origin')).toBeNull()
    expect(headers.get('Access-Control-Allow-Credentials')).toBeNull()
    expect(headers.get('Vary')).toBe('Origin')
  })

  it('answers a preflight with what was asked for', async () => {
    const { status, headers } = await call(`${target().apiUrl}/sessions/validate`, {
      method: 'OPTIONS',
      headers: {
        Origin: ALLOWED,
        'Access-Control-Request-Method': 'GET',
        'Access-Control-Request-Headers': 'content-type,x-language',
      },
    })
    expect(status).toBe(204)
    expect(headers.get('Access-Control-Allow-Origin')).toBe(ALLOWED)
    expect(headers.get('Access-Control-Allow-Credentials')).toBe('true')
    expect(headers.get('Access-Control-Allow-Headers')).toBe('content-type,x-language')
    expect(headers.get('Access-Control-Allow-Methods')).toBe('GET,POST,PUT,PATCH,DELETE,OPTIONS')
    expect(headers.get('Access-Control-Max-Age')).toBe('7200')
    expect(headers.get('Vary')).toBe('Origin, Access-Control-Request-Method, Access-Control-Request-Headers')
  })
})
