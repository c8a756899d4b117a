const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const ENCODER = new TextEncoder()

/**
 * As long as the longest token. To make a buffer takes longer than to fill it, and every new token passes here. It says
 * nothing from one call to the next.
 */
const SCRATCH = new Uint8Array(8_192)

/** The value of each character of the alphabet, by its code; for others one that no six bits have. */
const VALUES = new Uint8Array(256).fill(0xff)
for (let value = 0; value < ALPHABET.length; value++) VALUES[ALPHABET.charCodeAt(value)] = value

/** Bits of the last character that carry nothing, by the length of the text modulo 4; with one more than 4n: all. */
const UNUSED = [0, 0b111111, 0b1111, 0b11]

/**
 * Whether decoding a text, or a part of one, and encoding it again gives the same (RFC 4648, section 3.5): no padding,
 * no other alphabet, no unused bits set. Hanko itself accepts many spellings of one token; nothing may be keyed on
 * a text before this holds.
 */
export function isCanonicalBase64url(text: string, start = 0, end: number = text.length): boolean {
  const length = end - start
  if (length < 1 || length % 4 === 1 || !isLoaded(text, start, end)) return false
  let values = 0
  for (let at = 0; at < length; at++) values |= valueAt(at)
  return values < 64 && (valueAt(length - 1) & (UNUSED[length % 4] as number)) === 0
}

/**
 * The bytes of a canonical base64url text, or of a part of one. By hand: `atob` wants another alphabet and gives a
 * string.
 */
export function decodeBase64url(text: string, start = 0, end: number = text.length): Uint8Array<ArrayBuffer> {
  return decodeForNow(text, start, end).slice()
}

/** The same without a copy: only until the next call, and for whoever gives it to nobody else. */
export function decodeForNow(text: string, start: number, end: number): Uint8Array<ArrayBuffer> {
  if (!isLoaded(text, start, end)) throw new RangeError('too long, or no base64url')
  const length = end - start
  const whole = length & ~3
  let at = 0
  // Decoded where it stands: three bytes never reach beyond the four that they come from.
  let to = 0
  for (; at < whole; at += 4) {
    const bits = (valueAt(at) << 18) | (valueAt(at + 1) << 12) | (valueAt(at + 2) << 6) | valueAt(at + 3)
    SCRATCH[to++] = bits >> 16
    SCRATCH[to++] = bits >> 8
    SCRATCH[to++] = bits
  }
  if (at < length) {
    const bits = (valueAt(at) << 10) | (valueAt(at + 1) << 4) | (at + 2 < length ? valueAt(at + 2) >> 2 : 0)
    SCRATCH[to++] = bits >> 8
    if (at + 2 < length) SCRATCH[to++] = bits
  }
  return SCRATCH.subarray(0, to)
}

/** Puts a part of a text where it is read from. Whether it fits, and is ASCII: one byte for each character. */
function isLoaded(text: string, start: number, end: number): boolean {
  const { read, written } = ENCODER.encodeInto(text.slice(start, end), SCRATCH)
  return read === end - start && written === read
}

const valueAt = (at: number): number => VALUES[SCRATCH[at] as number] as number
