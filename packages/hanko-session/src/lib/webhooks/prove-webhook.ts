import { startDeadline } from '../http/deadline.ts'
import type { KeySet } from '../jwks/create-key-set.ts'
import { verifySignature } from '../jwks/verify-signature.ts'
import type { UnprovedWebhook } from './read-webhook-token.ts'

/** Whether Hanko signed it. */
export type Proof = 'proved' | 'refused' | 'keys_unavailable'

/** Looks the key up, and checks the signature. Never rejects. */
export async function proveWebhook(
  { text, keyId, issuedAt }: UnprovedWebhook,
  keys: KeySet,
  longestWait: number,
): Promise<Proof> {
  const key = keys.peek(keyId) ?? (await findKey(keys, keyId, issuedAt, longestWait))
  if (key === 'keys_unavailable') return key
  return key !== 'unknown_key' && (await verifySignature(text, key)) ? 'proved' : 'refused'
}

async function findKey(keys: KeySet, keyId: string, issuedAt: number, longestWait: number): ReturnType<KeySet['find']> {
  const deadline = startDeadline(longestWait)
  return keys.find(keyId, issuedAt, deadline).finally(() => deadline.clear())
}
