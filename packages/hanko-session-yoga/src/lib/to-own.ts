/**
 * A copy of options: what code has put on every object is nobody's option. A misspelt name would leave open what it was
 * to close.
 *
 * @throws {TypeError} that names what is no option
 */
export function toOwn<Options extends object>(options: Options, names: readonly (keyof Options & string)[]): Options {
  const own = Object.assign(Object.create(null) as Options, options)
  const unknown = Object.keys(own).find((name) => !(names as readonly string[]).includes(name))
  if (unknown !== undefined) throw new TypeError(`${unknown} is none of the options ${names.join(', ')}`)
  return own
}
