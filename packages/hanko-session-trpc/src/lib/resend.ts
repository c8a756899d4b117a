import { readResends } from './resend-header.ts'

/**
 * Whose call was refused, for the client to send back with the same call when the user has signed in again. Safe to
 * show: it is made of the id of the user, who knows it, and does not give it away to whoever reads a log of headers.
 */
export async function toResendMarker(userId: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`hanko-resend ${userId}`))
  return btoa(String.fromCharCode(...new Uint8Array(digest, 0, MARKER_BYTES)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

/**
 * Whether a call was refused when it was another user's, and is sent again by this one: somebody else signed in where
 * the first was asked to. They never meant it.
 *
 * @param header the value of `RESEND_HEADER`
 */
export async function isResentByAnother(header: string | undefined, path: string, userId: string): Promise<boolean> {
  if (header === undefined) return false
  const markers = readResends(header, path)
  if (markers.length === 0) return false
  const own = await toResendMarker(userId)
  return markers.some((marker) => marker !== own)
}

const MARKER_BYTES = 16
