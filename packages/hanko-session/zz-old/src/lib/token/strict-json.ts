const MAX_DEPTH = 32

/** A JSON object. It has no prototype: a polluted `Object.prototype` shows nothing here, and `__proto__` is a plain name. */
export type JsonObject = { readonly [name: string]: unknown }

/**
 * Parses JSON text that must be one object, without duplicate names (RFC 8259, section 4, leaves their meaning
 * open, so two readers can disagree) and at most 32 levels deep. `undefined` for anything else.
 */
export function parseStrictJson(text: string): JsonObject | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isObject(value)) return undefined
  // JSON.parse keeps the last of two members of one name. So there is one colon per member that was
  // kept, outside strings, unless a name came twice.
  const members = countColons(text)
  return members !== undefined && members === settle(value) ? value : undefined
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Colons outside strings, or `undefined` when the text is nested too deeply. The text is known to be JSON. */
function countColons(text: string): number | undefined {
  let colons = 0
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(text, at)
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
function endOfString(text: string, start: number): number {
  let at = start + 1
  for (let code = text.charCodeAt(at); code !== QUOTE; code = text.charCodeAt(at)) at += code === BACKSLASH ? 2 : 1
  return at
}

/** Counts the members of a value and takes the prototypes off its objects. */
function settle(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const children = Object.values(value)
  let members = 0
  if (!Array.isArray(value)) {
    members = children.length
    Object.setPrototypeOf(value, null)
  }
  for (const child of children) members += settle(child)
  return members
}
