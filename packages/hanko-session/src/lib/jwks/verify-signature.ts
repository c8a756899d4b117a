import { decodeBase64url, toBytes } from '../token/base64url.ts'
import type { VerificationKey } from './import-keys.ts'

/** Fixed by us, bound to each key at import: nothing in a token or a JWK chooses an algorithm (RFC 8725, section 3.1). */
export const RS256 = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const

/**
 * Whether this key signed this token: the ASCII bytes up to its last dot (RFC 7515, section 5.2). The text must have
 * the shape of a token, so its signature is spelt in the only way. Never rejects.
 */
export async function verifySignature(text: string, { cryptoKey, modulus }: VerificationKey): Promise<boolean> {
  const end = text.lastIndexOf('.')
  // RFC 8017, section 8.2.2: as long as the modulus, to the byte. Costs no RSA.
  if (text.length - end - 1 !== modulus.length) return false
  try {
    const signature = decodeBase64url(text.slice(end + 1))
    return await crypto.subtle.verify(RS256, cryptoKey, signature, toBytes(text.slice(0, end)))
  } catch {
    return false
  }
}
