import type { StandardSchemaV1 } from '@standard-schema/spec'
import {
  type Authenticated,
  type Unauthenticated,
  unauthenticated,
  type Unavailable,
  unavailable,
} from '../auth-state.ts'
import { startDeadline } from '../http/deadline.ts'
import type { KeySet } from '../jwks/create-key-set.ts'
import { verifySignature } from '../jwks/verify-signature.ts'
import type { Settings } from '../options.ts'
import { checkClaims, takeClaims } from '../token/check-claims.ts'
import { checkPayload, type TokenPayload } from '../token/check-payload.ts'
import { createParseToken } from '../token/parse-token.ts'
import { toSession } from '../token/to-session.ts'
import type { Subject } from './flights.ts'

/** Steps 4 to 6 for a text of the shape: whose session it would be, by Hanko's own signature, or why not. */
export interface ToSubject {
  /** What the token says by itself: at once, because nobody should have to wait for a refusal. */
  read(text: string): Unproved | Refused
  /** Whether Hanko signed it. Never rejects. */
  prove(unproved: Unproved): Promise<Subject | Refused>
}

/** A token that is in order but for its signature, which nobody has looked at. */
export interface Unproved {
  readonly text: string
  readonly keyId: string
  readonly payload: TokenPayload
}

/** Why a token is nobody's, and whether Hanko's keys were needed to tell. */
export interface Refused {
  readonly state: Unauthenticated | Unavailable
  readonly source: 'request' | 'keys'
}

export function createToSubject(
  keys: KeySet,
  settings: Pick<Settings, 'audience' | 'issuer' | 'clockSkew' | 'clock' | 'claims' | 'deadline'>,
): ToSubject {
  const parseToken = createParseToken()

  async function findKey(keyId: string, issuedAt: number): ReturnType<KeySet['find']> {
    const deadline = startDeadline(settings.deadline)
    return keys.find(keyId, issuedAt, deadline).finally(() => deadline.clear())
  }

  return {
    read(text) {
      const token = parseToken(text)
      if (typeof token === 'string') return { state: unauthenticated(token), source: 'request' }
      const payload = checkPayload(token.payload, settings, settings.clock.now())
      if (typeof payload === 'string') return { state: unauthenticated(payload), source: 'request' }
      return { text, keyId: token.keyId, payload }
    },
    async prove({ text, keyId, payload }) {
      const key = keys.peek(keyId) ?? (await findKey(keyId, payload.issuedAt))
      if (key === 'keys_unavailable') return { state: unavailable(key), source: 'keys' }
      if (key === 'unknown_key') return { state: unauthenticated(key), source: 'keys' }
      if (!(await verifySignature(text, key))) return { state: unauthenticated('bad_signature'), source: 'keys' }
      const { userId, sessionId, issuedAt, expiresAt } = payload
      let state: Promise<Authenticated<unknown> | undefined> | undefined
      return {
        text,
        key,
        identity: { userId, sessionId, issuedAt, expiresAt },
        toState: () => (state ??= toState(payload, settings.claims)),
      }
    },
  }
}

/** Step 11, once per token however many calls to Hanko it takes. */
async function toState(
  payload: TokenPayload,
  schema: StandardSchemaV1 | undefined,
): Promise<Authenticated<unknown> | undefined> {
  const claims = schema === undefined ? takeClaims(payload.all) : await checkClaims(payload.all, schema)
  return claims && Object.freeze({ status: 'authenticated', session: toSession(payload, claims.value) })
}
