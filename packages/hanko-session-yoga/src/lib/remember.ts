/** Finds each value once, `undefined` too. */
export function remember<Args extends readonly unknown[], Value>(
  toKey: (...args: Args) => string,
  find: (...args: Args) => Value,
): (...args: Args) => Value {
  const known = new Map<string, Value>()
  return (...args) => {
    const key = toKey(...args)
    if (!known.has(key)) known.set(key, find(...args))
    return known.get(key) as Value
  }
}
