/**
 * A length of time: milliseconds, or a whole number with its unit.
 *
 * @example
 * ```ts
 * import type { Duration } from 'hanko-session'
 *
 * const deadlines: Duration[] = [2500, '500ms', '30s', '5m', '12h']
 * ```
 */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h'}`

/** What a timer may wait, in milliseconds, about 24 days: for more than that, runtimes fire it at once. */
export const LONGEST_TIMER = 2 ** 31 - 1

const MILLISECONDS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const

/**
 * A `Duration` in milliseconds.
 *
 * @param besides what else the option may be, like `'0, '`, for the message: the caller sees to that
 * @throws {TypeError} naming `option`, when the value is anything but a positive length of time.
 */
export function toMilliseconds(value: Duration, option: string, besides = ''): number {
  const parsed = typeof value === 'string' ? parse(value) : value
  if (typeof parsed !== 'number' || !Number.isFinite(parsed) || parsed <= 0) {
    throw new TypeError(
      `${option} must be ${besides}a positive number of milliseconds or a duration like '500ms', '30s', '5m', '12h'`,
    )
  }
  return parsed
}

function parse(text: string): number | undefined {
  const match = /^(\d{1,12})(ms|s|m|h)$/.exec(text)
  if (match === null) return undefined
  return Number(match[1]) * MILLISECONDS[match[2] as keyof typeof MILLISECONDS]
}
