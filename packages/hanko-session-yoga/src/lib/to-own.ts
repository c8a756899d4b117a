/**
 * A copy of options: what code has put on every object is nobody's option. A misspelt name would leave open what it was
 * to close.
 *
 * @param types of each option there is, as `typeof` tells them
 * @throws {TypeError} that names what is no option, or of another type
 */
export function toOwn<Options extends object>(
  options: Options,
  types: Readonly<Record<keyof Options & string, string>>,
): Options {
  assertPlain('options', options)
  const own = Object.create(null) as Record<string, unknown>
  const typeOf = new Map(Object.entries<string>(types))
  for (const [name, value] of Object.entries({ ...options } as typeof own)) {
    const type = typeOf.get(name)
    if (type === undefined) throw new TypeError(`${name} is none of the options ${[...typeOf.keys()].join(', ')}`)
    if (value === undefined) continue
    if (typeof value !== type) throw new TypeError(`${name} must be of type ${type}`)
    own[name] = value
  }
  return own as Options
}

/**
 * Nothing that an object inherits is read, because code can put anything on every object: what an instance of a class
 * has from there would be left out, and so leave open what it was to close.
 *
 * @throws {TypeError} for an object that may have more than what is its own
 */
export function assertPlain(what: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && prototype !== Object.prototype)
    throw new TypeError(`${what} must be a plain object: what it inherits is not read`)
}
