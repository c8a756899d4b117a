import { isObject, type JsonObject } from '../token/strict-json.ts'

// A BOM stays in the text, where it is no JSON.
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * The JSON object in the payload of a webhook, frozen and without prototypes; `undefined` for anything else, and for a
 * text that is not spelt in the only way.
 *
 * Not as strict as for sessions: users write a part of it themselves (`unsafe_metadata`), so a limit on depth, or on
 * names that come twice, would let them make the news of their own deletion unreadable.
 */
export function decodePayload(part: string): JsonObject | undefined {
  try {
    const payload: unknown = JSON.parse(UTF8.decode(decodeCanonically(part)))
    return isObject(payload) ? settle(payload) : undefined
  } catch {
    return undefined // no base64url, not UTF-8, or no JSON
  }
}

/** @throws for anything that is not what encoding the same bytes would give (RFC 4648, section 3.5) */
function decodeCanonically(part: string): Uint8Array {
  if (!/^[A-Za-z0-9_-]+$/.test(part)) throw new TypeError('not base64url')
  const text = part.replaceAll('-', '+').replaceAll('_', '/')
  const bytes = atob(text)
  if (btoa(bytes).replace(/=+$/, '') !== text) throw new TypeError('not canonical')
  return Uint8Array.from(bytes, (character) => character.charCodeAt(0))
}

/** One after the other, not each within the one around it: however deep a user nests, the stack stays as it is. */
function settle(payload: JsonObject): JsonObject {
  const left: unknown[] = [payload]
  while (left.length > 0) {
    const value = left.pop()
    if (typeof value !== 'object' || value === null) continue
    if (!Array.isArray(value)) {
      // As a name it would become the prototype of whatever the object is assigned to.
      Reflect.deleteProperty(value, '__proto__')
      Object.setPrototypeOf(value, null)
    }
    for (const child of Object.values(value)) left.push(child)
    Object.freeze(value)
  }
  return payload
}
