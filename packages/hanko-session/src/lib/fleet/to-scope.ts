import type { Settings } from '../options.ts'

/** What tells two Hankos apart in one store, and two audiences of one Hanko: 43 characters of base64url. */
export async function toScope({
  apiUrl,
  audience,
  issuer,
}: Pick<Settings, 'apiUrl' | 'audience' | 'issuer'>): Promise<string> {
  const text = JSON.stringify([apiUrl, audience?.toSorted() ?? null, issuer ?? null])
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  return btoa(String.fromCharCode(...digest))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
