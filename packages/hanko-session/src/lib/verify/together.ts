/** Finds out about a text for a request that began at `order`: at once, or later. */
export type Together<T> = (text: string, order: number, find: () => T | Promise<T>) => T | Promise<T>

/**
 * Requests for one token that begin in one turn, with nothing in between, have one outcome: so it is found out once,
 * and a herd does not make a chain of promises each. Their numbers follow one another, because every call that is
 * sent and every revocation draws one too; and they begin in one turn, so their time is up at once.
 */
export function createTogether<T>(): Together<T> {
  let last: { readonly text: string; order: number; readonly finding: Promise<T> } | undefined
  return (text, order, find) => {
    if (last?.order === order - 1 && last.text === text) {
      last.order = order
      return last.finding
    }
    const finding = find()
    if (finding instanceof Promise) {
      if (last === undefined) queueMicrotask(() => (last = undefined))
      last = { text, order, finding }
    }
    return finding
  }
}
