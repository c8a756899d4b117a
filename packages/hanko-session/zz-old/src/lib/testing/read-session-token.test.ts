import { describe, expect, it } from 'vitest'
import { readSessionToken } from './read-session-token.ts'

const read = (body: string, type = 'application/json') =>
  readSessionToken(new Request('http://localhost/', { method: 'POST', headers: { 'Content-Type': type }, body }))

describe('readSessionToken', () => {
  it('finds the token among values of every kind, whatever they hold', async () => {
    const body = ` { "a" : [1,{"session_token":"inner"},"]"], "b\\"}":{"x":"\\\\"}, "c":-1.5e3, "d":true,"session_token" : "t" } `
    expect(await read(body)).toEqual({ token: 't' })
  })

  it('lets null leave an earlier token alone', async () => {
    expect(await read('{"session_token":"t","SESSION_TOKEN":null}')).toEqual({ token: 't' })
  })

  it.each([
    ['{"session_token":true}', 'Unmarshal type error: expected=string, got=bool, field=session_token, offset=21'],
    ['{"session_token":[1,2]}', 'Unmarshal type error: expected=string, got=array, field=session_token, offset=18'],
    ['"text"', 'Unmarshal type error: expected=dto.ValidateSessionRequest, got=string, field=, offset=6'],
    ['{"session_token":"t"', 'unexpected EOF'],
    ['{"session_token":"t', 'unexpected EOF'],
  ])('refuses %s and says where', async (body, message) => {
    expect(await read(body)).toEqual({ status: 400, message })
  })

  it('refuses JSON with a fault in the middle', async () => {
    expect(await read('{"session_token":x}')).toMatchObject({
      status: 400,
      message: expect.stringMatching(/^Syntax error/),
    })
  })
})
