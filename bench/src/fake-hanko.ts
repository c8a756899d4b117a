import type { SigningKey } from './session-tokens.ts'
import { toReply } from './session-tokens.ts'

/** A Hanko that answers at once, in this process, and counts what it is asked. */
export interface FakeHanko {
  readonly fetch: (input: string, init: RequestInit) => Promise<Response>
  readonly calls: { validate: number; keys: number }
  /** What it lists; may be changed. */
  keys: SigningKey[]
  /** What it says of a token; may be changed. */
  answer: (token: string) => object
}

export function createFakeHanko(keys: SigningKey[]): FakeHanko {
  const calls = { validate: 0, keys: 0 }
  const hanko: FakeHanko = {
    keys,
    calls,
    answer: toReply,
    fetch(input, init) {
      if (input.includes('jwks.json')) {
        calls.keys++
        return Promise.resolve(Response.json({ keys: hanko.keys.map(({ jwk }) => jwk) }))
      }
      calls.validate++
      const { session_token: token } = JSON.parse(init.body as string) as { session_token: string }
      return Promise.resolve(Response.json(hanko.answer(token)))
    },
  }
  return hanko
}
