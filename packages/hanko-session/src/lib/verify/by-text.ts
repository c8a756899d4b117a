import { toSignatureKey } from '../cache/memory.ts'

/** What is under way for a token, by its text. */
export interface ByText<T> {
  get(text: string): T | undefined
  /** Not where another text has the place: then it is shared with nobody. */
  set(text: string, value: T): void
  delete(text: string): void
}

/**
 * By a part of the signature, as in memory, and then the whole text. Every request brings a new string, and to find one
 * in a `Map` by itself takes a pass over all of it that costs more than to compare it. Who writes a token with the
 * signature of another only has to ask alone, or has the other ask alone.
 */
export function createByText<T>(): ByText<T> {
  const places = new Map<string, { readonly text: string; readonly value: T }>()

  function find(text: string): T | undefined {
    const place = places.get(toSignatureKey(text))
    return place !== undefined && place.text === text ? place.value : undefined
  }

  return {
    get: (text) => (places.size === 0 ? undefined : find(text)),
    set(text, value) {
      const key = toSignatureKey(text)
      if (!places.has(key)) places.set(key, { text, value })
    },
    delete(text) {
      const key = toSignatureKey(text)
      if (places.get(key)?.text === text) places.delete(key)
    },
  }
}
