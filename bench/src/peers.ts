import assert from 'node:assert/strict'
import { createVerifier } from 'fast-jwt'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import jsonwebtoken from 'jsonwebtoken'
import jwksRsa from 'jwks-rsa'
import { readPayload, type SigningKey } from './session-tokens.ts'

/** What one would use instead, each as its own documentation says. */
export interface Peers {
  /** The user's id. Rejects for what is no session. */
  jose(token: string): Promise<string>
  /** With its cache on. */
  fastJwt(token: string): string
  jsonwebtoken(token: string): Promise<string>
  /** As Hanko's guides show it: whether Hanko says so. */
  post(token: string): Promise<boolean>
}

export function createPeers(url: string, key: SigningKey, sessions: number): Peers {
  const keys = createRemoteJWKSet(new URL(`${url}/.well-known/jwks.json`))
  const verify = createVerifier({ key: key.pem, algorithms: ['RS256'], cache: sessions, allowedAud: 'localhost' })
  const client = jwksRsa({ jwksUri: `${url}/.well-known/jwks.json`, cache: true, rateLimit: true })
  return {
    async jose(token) {
      const { payload } = await jwtVerify(token, keys, { audience: 'localhost', algorithms: ['RS256'] })
      return payload.sub as string
    },
    fastJwt: (token) => (verify(token) as { sub: string }).sub,
    jsonwebtoken: (token) =>
      new Promise((resolve, reject) => {
        jsonwebtoken.verify(
          token,
          ({ kid }, done) => {
            client.getSigningKey(kid).then(
              (found) => done(null, found.getPublicKey()),
              (error: unknown) => done(error as Error),
            )
          },
          { algorithms: ['RS256'], audience: 'localhost' },
          (error, payload) => (error === null ? resolve((payload as { sub: string }).sub) : reject(error)),
        )
      }),
    async post(token) {
      const response = await fetch(`${url}/sessions/validate`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ session_token: token }),
      })
      if (!response.ok) return false
      const { is_valid } = (await response.json()) as { is_valid: boolean }
      return is_valid
    },
  }
}

/** A contestant that answers wrongly, or takes a forgery, is not timed. */
export async function assertPeers(peers: Peers, token: string): Promise<void> {
  const { sub } = readPayload(token)
  const forged = `${token.slice(0, -40)}${'A'.repeat(40)}`
  assert.equal(await peers.jose(token), sub)
  assert.equal(peers.fastJwt(token), sub)
  assert.equal(peers.fastJwt(token), sub, 'from its cache')
  assert.equal(await peers.jsonwebtoken(token), sub)
  assert.equal(await peers.post(token), true)
  await assert.rejects(peers.jose(forged))
  assert.throws(() => peers.fastJwt(forged))
  await assert.rejects(peers.jsonwebtoken(forged))
}
