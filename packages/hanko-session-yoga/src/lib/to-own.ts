import { toPlainObject } from 'hanko-session/rules'

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
  const own = Object.create(null) as Record<string, unknown>
  const typeOf = new Map(Object.entries<string>(types))
  for (const [name, value] of Object.entries(toPlainObject(options, 'options'))) {
    const type = typeOf.get(name)
    if (type === undefined) throw new TypeError(`${name} is none of the options ${[...typeOf.keys()].join(', ')}`)
    if (value === undefined) continue
    if (typeof value !== type) throw new TypeError(`${name} must be of type ${type}`)
    own[name] = value
  }
  return own as Options
}
