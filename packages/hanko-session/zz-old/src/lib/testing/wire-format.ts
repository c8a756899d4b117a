/**
 * JSON as Go writes it: `<`, `>` and `&` escaped (template-and-rotation.txt, claim `html`).
 */
export function toGoJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`)
}

/** A Go map has no order of its own and is written sorted by key. Own keys only, so `__proto__` is a name like any other. */
export function sortKeys(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** RFC 3339 in whole seconds, as in validate. */
export function toWholeSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

/** RFC 3339 with the fraction Go prints: no trailing zeros, nothing when it is zero. */
export function toFraction(ms: number): string {
  return new Date(ms).toISOString().replace(/\.?0*Z$/, 'Z')
}

/** RFC 3339 with nine digits, as in the flow's `success`. The clock has milliseconds, the rest is made up. */
export function toNanoseconds(ms: number): string {
  const made = String(100_001 + Math.floor(Math.random() * 899_990)).replace(/0$/, '1')
  return new Date(ms).toISOString().replace('Z', `${made}Z`)
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** 32 random characters: Hanko's `X-Request-Id` and csrf tokens look like this. */
export function randomText(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) => LETTERS[byte % LETTERS.length]).join('')
}
