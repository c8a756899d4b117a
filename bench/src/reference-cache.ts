/** The least that a cache of verified tokens has to do: the figure to come near. */
export interface ReferenceCache<T> {
  set(token: string, expiresAt: number, value: T): void
  find(token: string): T | undefined
}

/** A `Map` by 22 characters of the signature, then the whole token, then `exp`. */
export function createReferenceCache<T>(): ReferenceCache<T> {
  const entries = new Map<string, { token: string; expiresAt: number; value: T }>()
  return {
    set(token, expiresAt, value) {
      entries.set(token.slice(-46, -24), { token, expiresAt, value })
    },
    find(token) {
      const entry = entries.get(token.slice(-46, -24))
      return entry !== undefined && entry.token === token && Date.now() < entry.expiresAt ? entry.value : undefined
    },
  }
}
