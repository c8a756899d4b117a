const ENCODER = new TextEncoder()
const DECODER = new TextDecoder()

/**
 * A copy of an ASCII text that shares nothing with it: a part of a header would keep the whole header in memory.
 */
export function toFlat(text: string): string {
  return DECODER.decode(toBytes(text, text.length))
}

/** The bytes of the first characters of an ASCII text. `TextEncoder.encode` takes four times as long for those of a token. */
export function toBytes(text: string, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  ENCODER.encodeInto(text, bytes)
  return bytes
}
