const MAX_DEPTH = 32
/** In a text that is known to be JSON. */
const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/g

/** A JSON object. It has no prototype: a polluted `Object.prototype` shows nothing here, and `__proto__` is a plain name. */
export type JsonObject = { readonly [name: string]: unknown }

/**
 * Parses JSON text that must be one object, without duplicate names (RFC 8259, section 4, leaves their meaning
 * open, so two readers can disagree) and at most 32 levels deep. `undefined` for anything else.
 */
export function parseStrictJson(text: string): JsonObject | undefined {
  const value = parseWithPrototypes(text)
  return value && withoutPrototypes(value)
}

/**
 * The same with prototypes: to take them off takes longer than to parse. Until then its members are read by
 * `ownMember`, which is all that its type allows.
 */
export function parseWithPrototypes(text: string): object | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isObject(value)) return undefined
  // JSON.parse keeps the last of two members of one name: then the text has more names than the value.
  const members = countMembers(value, 1)
  // A colon follows each name. Few texts have others within strings, and to find those takes six times as long.
  return countColons(text) === members || countColons(text.replaceAll(STRING, '')) === members ? value : undefined
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

/** Members of an object and of all within it, or `NaN` when it is nested too deeply. */
function countMembers(value: object, depth: number): number {
  if (depth > MAX_DEPTH) return Number.NaN
  const children = Array.isArray(value) ? (value as unknown[]) : (Object.values(value) as unknown[])
  let members = children === value ? 0 : children.length
  for (const child of children)
    if (typeof child === 'object' && child !== null) members += countMembers(child, depth + 1)
  return members
}

function countColons(text: string): number {
  let colons = 0
  for (let at = text.indexOf(':'); at !== -1; at = text.indexOf(':', at + 1)) colons++
  return colons
}
