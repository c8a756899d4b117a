/** Tells our own writing from that of others. Without a secret all is believed. */
export interface Seal {
  /** The text with its seal. */
  sign(purpose: string, text: string): Promise<string>
  /** The text without it; `undefined` when the seal is not ours. */
  open(purpose: string, sealed: string): Promise<string | undefined>
}

const HMAC = { name: 'HMAC', hash: 'SHA-256' } as const
const NONE = '-'

export function createSeal(secret: string | undefined): Seal {
  const encoder = new TextEncoder()
  let key: Promise<CryptoKey> | undefined
  const toKey = (text: string): Promise<CryptoKey> =>
    (key ??= crypto.subtle.importKey('raw', encoder.encode(text), HMAC, false, ['sign', 'verify']))
  const toBytes = (purpose: string, text: string): Uint8Array<ArrayBuffer> =>
    encoder.encode(`hanko-session-redis|${purpose}|${text}`)

  return {
    async sign(purpose, text) {
      if (secret === undefined) return `${text}|${NONE}`
      const mac = await crypto.subtle.sign('HMAC', await toKey(secret), toBytes(purpose, text))
      return `${text}|${btoa(String.fromCharCode(...new Uint8Array(mac)))}`
    },
    async open(purpose, sealed) {
      const end = sealed.lastIndexOf('|')
      const [text, mac] = [sealed.slice(0, Math.max(end, 0)), sealed.slice(end + 1)]
      if (secret === undefined) return end < 0 ? undefined : text
      if (!/^[A-Za-z0-9+/]{43}=$/.test(mac)) return undefined
      const bytes = Uint8Array.from(atob(mac), (letter) => letter.charCodeAt(0))
      const isOurs = await crypto.subtle.verify('HMAC', await toKey(secret), bytes, toBytes(purpose, text))
      return isOurs ? text : undefined
    },
  }
}
