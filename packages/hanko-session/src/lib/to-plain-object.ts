/**
 * A copy, without a prototype, of what a plain object has itself. Nothing that it inherits is read, because code can put
 * anything on every object. What an instance of a class has from there would be left out in silence, and so leave open
 * what it was to close: that is an error. For adapters, and for rules of your own.
 *
 * @param what its name in the error
 * @throws {TypeError} for what is no object, a list, or an object that may have more than what is its own
 * @example
 * ```ts
 * import { toPlainObject } from 'hanko-session/rules'
 *
 * export function createQuota(options: { perMinute: number }): () => number {
 *   const { perMinute } = toPlainObject(options, 'the options of createQuota')
 *   return () => perMinute
 * }
 * ```
 */
export function toPlainObject<Given extends object>(given: Given, what: string): Given {
  const prototype: unknown = Object.getPrototypeOf(Object(given))
  const isPlain = typeof given === 'object' && (prototype === null || prototype === Object.prototype)
  if (!isPlain || (given as unknown) === null)
    throw new TypeError(`${what} must be a plain object: what it inherits is not read`)
  return Object.assign(Object.create(null) as Given, given)
}
