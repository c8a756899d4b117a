import type { StandardSchemaV1 } from '@standard-schema/spec'
import {
  type Authenticated,
  type Unauthenticated,
  unauthenticated,
  type Unavailable,
  unavailable,
} from '../auth-state.ts'
import type { Deadline } from '../http/deadline.ts'
import type { KeySet } from '../jwks/create-key-set.ts'
import { verifySignature } from '../jwks/verify-signature.ts'
import type { Settings } from '../options.ts'
import { checkClaims } from '../token/check-claims.ts'
import { checkPayload, type TokenPayload } from '../token/check-payload.ts'
import { createParseToken } from '../token/parse-token.ts'
import { toSession } from '../token/to-session.ts'
import type { Subject } from './flights.ts'

/** Steps 4 to 6 for a text of the shape: whose session it would be, by Hanko's own signature, or why not. */
export type ToSubject = (text: string, deadline: Deadline) => Promise<Subject | Refused>

/** Why a token is nobody's, and whether Hanko's keys were needed to tell. */
interface Refused {
  readonly state: Unauthenticated | Unavailable
  readonly source: 'request' | 'keys'
}

export function createToSubject(
  keys: KeySet,
  settings: Pick<Settings, 'audience' | 'issuer' | 'clockSkew' | 'clock' | 'claims'>,
): ToSubject {
  const parseToken = createParseToken()
  return async (text, deadline) => {
    const token = parseToken(text)
    if (typeof token === 'string') return { state: unauthenticated(token), source: 'request' }
    const payload = checkPayload(token.payload, settings, settings.clock.now())
    if (typeof payload === 'string') return { state: unauthenticated(payload), source: 'request' }
    const key = keys.peek(token.keyId) ?? (await keys.find(token.keyId, payload.issuedAt, deadline))
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
  }
}

/** Step 11, once per token however many calls to Hanko it takes. */
async function toState(
  payload: TokenPayload,
  schema: StandardSchemaV1 | undefined,
): Promise<Authenticated<unknown> | undefined> {
  const claims = await checkClaims(payload.all, schema)
  return claims && Object.freeze({ status: 'authenticated', session: toSession(payload, claims.value) })
}
