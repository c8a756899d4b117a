import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Authenticated } from '../auth-state.ts'
import type { UnauthenticatedReason, UnavailableReason } from '../errors.ts'
import type { Deadline } from '../http/deadline.ts'
import type { KeySet } from '../jwks/create-key-set.ts'
import { verifySignature } from '../jwks/verify-signature.ts'
import type { Settings } from '../options.ts'
import { checkClaims } from '../token/check-claims.ts'
import { checkPayload, type TokenPayload } from '../token/check-payload.ts'
import { parseToken } from '../token/parse-token.ts'
import { toSession } from '../token/to-session.ts'
import type { Subject } from './flights.ts'

/** Steps 4 to 6 for a text of the shape: whose session it would be, by Hanko's own signature, or why not. */
export type ToSubject = (text: string, deadline: Deadline) => Promise<Subject | UnauthenticatedReason | UnavailableReason>

export function createToSubject(keys: KeySet, settings: Pick<Settings, 'audience' | 'issuer' | 'clockSkew' | 'clock' | 'claims'>): ToSubject {
  return async (text, deadline) => {
    const token = parseToken(text)
    if (typeof token === 'string') return token
    const payload = checkPayload(token.payload, settings, settings.clock.now())
    if (typeof payload === 'string') return payload
    const key = keys.peek(token.keyId) ?? (await keys.find(token.keyId, payload.issuedAt, deadline))
    if (typeof key === 'string') return key
    if (!(await verifySignature(text, key))) return 'bad_signature'
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
async function toState(payload: TokenPayload, schema: StandardSchemaV1 | undefined): Promise<Authenticated<unknown> | undefined> {
  const claims = await checkClaims(payload.all, schema)
  return claims && Object.freeze({ status: 'authenticated', session: toSession(payload, claims.value) })
}
