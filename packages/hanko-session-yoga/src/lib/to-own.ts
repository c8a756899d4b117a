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
  const own = Object.assign(Object.create(null) as Options, options)
  for (const [name, value] of Object.entries(own as Readonly<Record<string, unknown>>)) {
    if (!Object.hasOwn(types, name))
      throw new TypeError(`${name} is none of the options ${Object.keys(types).join(', ')}`)
    const type = types[name as keyof typeof types]
    if (value !== undefined && typeof value !== type) throw new TypeError(`${name} must be of type ${type}`)
  }
  return own
}
