import { toBase64Url } from '../lenient-jws.ts'

/** A salted hash of a password. Few rounds on purpose: these are passwords of tests, and tests should be fast. */
export async function hashPassword(password: string, salt: string = crypto.randomUUID()): Promise<string> {
  const bytes = new TextEncoder()
  const key = await crypto.subtle.importKey('raw', bytes.encode(password), 'PBKDF2', false, ['deriveBits'])
  const parameters = { name: 'PBKDF2', hash: 'SHA-256', salt: bytes.encode(salt), iterations: 1_000 }
  return `${salt}.${toBase64Url(new Uint8Array(await crypto.subtle.deriveBits(parameters, key, 256)))}`
}

export async function matchesPassword(hash: string | undefined, password: string): Promise<boolean> {
  return hash !== undefined && (await hashPassword(password, hash.split('.', 1)[0])) === hash
}
