/** The dot stands between parts, and counts as an `A` where they are looked at together. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.'
const ENCODER = new TextEncoder()
// A BOM stays in the text, where it is no JSON.
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * As long as the longest token. To make a buffer takes longer than to fill it, and every new token passes here. It says
 * nothing from one call to the next. Not exported: the loops over it would take a quarter longer.
 */
const SCRATCH = new Uint8Array(8_192)

/** The buffer two characters at a time, and the twelve bits of each two; 16 bits for others. Takes half the time. */
const PAIRS = new Uint16Array(SCRATCH.buffer)
const TWELVE_BITS = new Uint16Array(65_536).fill(0xffff)
for (const [first, firstByte] of ENCODER.encode(ALPHABET).entries())
  for (const [second, secondByte] of ENCODER.encode(ALPHABET).entries()) {
    SCRATCH.set([firstByte, secondByte])
    TWELVE_BITS[PAIRS[0] as number] = ((first & 63) << 6) | (second & 63)
  }

/** Bits of the last character that carry nothing, by the length of the text modulo 4, which is never 1. */
const UNUSED = [0, 0, 0b1111, 0b11]

/**
 * Whether a text is so many parts with dots between them, and decoding each and encoding it again gives the same
 * (RFC 4648, section 3.5): no padding, no other alphabet, no unused bits set. Hanko itself accepts many spellings of one
 * token; nothing may be keyed on a text before this holds.
 */
export function isCanonicalBase64url(text: string, parts = 1): boolean {
  let start = 0
  for (let left = parts; left > 0; left--) {
    const dot = text.indexOf('.', start)
    // One is missing, or one too many.
    if ((dot === -1) !== (left === 1)) return false
    const end = dot === -1 ? text.length : dot
    const length = end - start
    if (length < 1 || length % 4 === 1) return false
    if ((ALPHABET.indexOf(text.charAt(end - 1)) & (UNUSED[length % 4] as number)) !== 0) return false
    start = end + 1
  }
  if (!load(text)) return false
  let bits = 0
  for (let at = 0; at < text.length / 2; at++) bits |= TWELVE_BITS[PAIRS[at] as number] as number
  return bits < 0x1000
}

/**
 * The text whose UTF-8 a canonical text spells.
 *
 * @throws {TypeError} where it spells none
 */
export function decodeText(text: string): string {
  return UTF8.decode(decodeForNow(text))
}

/** The bytes that a canonical text spells. By hand: `atob` wants another alphabet and gives a string. */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> {
  return decodeForNow(text).slice()
}

/** The same without a copy: only until the buffer is used again. */
function decodeForNow(text: string): Uint8Array<ArrayBuffer> {
  if (!load(text)) throw new RangeError('no base64url')
  // Decoded where it stands: three bytes never reach beyond the four that they come from.
  let to = 0
  for (let at = 0; at < text.length / 2; at += 2) {
    const bits = ((TWELVE_BITS[PAIRS[at] as number] as number) << 12) | (TWELVE_BITS[PAIRS[at + 1] as number] as number)
    SCRATCH[to++] = bits >> 16
    SCRATCH[to++] = bits >> 8
    SCRATCH[to++] = bits
  }
  return SCRATCH.subarray(0, (text.length * 3) >> 2)
}

/** A copy of an ASCII text that shares nothing with it: a part of a header would keep the whole header in memory. */
export function toFlat(text: string): string {
  load(text)
  return UTF8.decode(SCRATCH.subarray(0, text.length))
}

/**
 * The bytes of an ASCII text. `TextEncoder.encode` takes four times as long for those of a token. Not by way of the
 * buffer: what Hanko signs for a webhook may be longer than any token.
 */
export function toBytes(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length)
  ENCODER.encodeInto(text, bytes)
  return bytes
}

/** Puts a text into the buffer. Whether it fits, and is ASCII: one byte for each character. */
function load(text: string): boolean {
  const { read, written } = ENCODER.encodeInto(text, SCRATCH)
  // So that the last of an odd number is one of two.
  SCRATCH[written] = 0x41
  return read === text.length && written === read
}
