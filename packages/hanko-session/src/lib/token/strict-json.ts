const MAX_DEPTH = 32

/** A JSON object. It has no prototype: a polluted `Object.prototype` shows nothing here, and `__proto__` is a plain name. */
export type JsonObject = { readonly [name: string]: unknown }

/**
 * Parses JSON text that must be one object, without duplicate names (RFC 8259, section 4, leaves their meaning
 * open, so two readers can disagree) and at most 32 levels deep. `undefined` for anything else.
 */
export function parseStrictJson(text: string): JsonObject | undefined {
  const value = parseStrictBytes(ENCODER.encode(text))
  return value && withoutPrototypes(value)
}

/**
 * The same from the bytes of a text, which must be UTF-8, and with prototypes: to take them off takes longer than to
 * parse. Until then its members are read by `ownMember`, which is all that its type allows.
 */
export function parseStrictBytes(bytes: Uint8Array): object | undefined {
  let value: unknown
  try {
    value = JSON.parse(UTF8.decode(bytes))
  } catch {
    return undefined
  }
  if (!isObject(value)) return undefined
  // JSON.parse keeps the last of two members of one name. So there is one colon per member that was
  // kept, outside strings, unless a name came twice.
  const colons = countColons(bytes)
  return colons !== undefined && colons === countMembers(value) ? value : undefined
}

/** A member of the object itself: what code has put on every object is not meant. */
export function ownMember(value: object, name: string): unknown {
  return Object.hasOwn(value, name) ? (value as JsonObject)[name] : undefined
}

/** The object itself, it and all within it without a prototype. */
export function withoutPrototypes(value: object): JsonObject {
  if (!Array.isArray(value)) Object.setPrototypeOf(value, null)
  for (const child of Object.values(value) as unknown[])
    if (typeof child === 'object' && child !== null) withoutPrototypes(child)
  return value as JsonObject
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const ENCODER = new TextEncoder()
// A BOM stays in the text, where it is no JSON.
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Colons outside strings, or `undefined` when the text is nested too deeply. The bytes are known to be JSON. */
function countColons(bytes: Uint8Array): number | undefined {
  let colons = 0
  let depth = 0
  for (let at = 0; at < bytes.length; at++) {
    switch (bytes[at] as number) {
      case QUOTE:
        at = endOfString(bytes, at)
        break
      case COLON:
        colons++
        break
      case OPEN_BRACE:
      case OPEN_BRACKET:
        if (++depth > MAX_DEPTH) return undefined
        break
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        depth--
    }
  }
  return colons
}

const QUOTE = 0x22
const COLON = 0x3a
const OPEN_BRACKET = 0x5b
const BACKSLASH = 0x5c
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

/** The place of the quote that ends the string that begins at `start`. */
function endOfString(bytes: Uint8Array, start: number): number {
  let at = start + 1
  for (let byte = bytes[at]; byte !== QUOTE; byte = bytes[at]) at += byte === BACKSLASH ? 2 : 1
  return at
}

/** Members of an object and of all within it, at most 32 levels deep. */
function countMembers(value: object): number {
  let members = 0
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) members += countWithin(item)
    return members
  }
  const names = Object.keys(value)
  for (const name of names) members += countWithin((value as JsonObject)[name])
  return members + names.length
}

const countWithin = (value: unknown): number => (typeof value === 'object' && value !== null ? countMembers(value) : 0)
