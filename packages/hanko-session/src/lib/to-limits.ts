import { LONGEST_TIMER } from './duration.ts'
import type { Limits } from './limits.ts'
import { toPlainObject } from './to-plain-object.ts'

/** The default, the least and the most. One whose default is no whole number is a share. */
const RANGES: Readonly<Record<keyof Limits, readonly [preset: number, least: number, most?: number]>> = {
  attemptTimeout: [1_000, 1],
  attempts: [2, 1, 10],
  minRetryDelay: [50, 0],
  maxRetryDelay: [250, 0],
  retryShare: [0.1, 0, 1],
  retriesPerMinute: [10, 0],
  maxRetryAfter: [30_000, 0],
  failuresInARow: [5, 1],
  failureShare: [0.5, 0, 1],
  minCalls: [20, 1],
  breakerWindow: [10_000, 1],
  openFor: [1_000, 1],
  maxOpenFor: [30_000, 1],
  maxInFlight: [64, 1],
  maxWaiting: [1_024, 0],
  backgroundShare: [0.5, 0, 1],
  maxAnswerBytes: [65_536, 1],
  maxKeysBytes: [262_144, 1],
  refreshKeysAfter: [600_000, 1],
  keepKeysFor: [86_400_000, 1],
  maxKeys: [64, 1],
  minKeyBits: [2_048, 2_048, 16_384],
  maxKeyBits: [8_192, 2_048, 16_384],
  keyFetchBurst: [3, 1],
  keyFetchInterval: [5_000, 1],
  maxTombstones: [100_000, 1],
  tombstoneMargin: [60_000, 0],
  userTombstoneLife: [2_592_000_000, 1, Number.MAX_SAFE_INTEGER],
  storeTimeout: [50, 1],
}

const IN_ORDER = [
  ['minRetryDelay', 'maxRetryDelay'],
  ['openFor', 'maxOpenFor'],
  ['refreshKeysAfter', 'keepKeysFor'],
  ['minKeyBits', 'maxKeyBits'],
] as const

export const DEFAULT_LIMITS: Limits = toLimits({}, Number.POSITIVE_INFINITY)

/**
 * All limits, with those that were given.
 *
 * @param deadline of one check, in milliseconds
 * @throws {TypeError} that names the limit, for one that is unknown, out of range, or at odds with another
 */
export function toLimits(given: Partial<Limits>, deadline: number): Limits {
  const limits = Object.fromEntries(Object.entries(RANGES).map(([name, [preset]]) => [name, preset])) as {
    -readonly [Name in keyof Limits]: number
  }
  limits.attemptTimeout = Math.min(limits.attemptTimeout, deadline)
  for (const [name, value] of Object.entries(toPlainObject(given, 'limits')) as [keyof Limits, unknown][]) {
    check(Object.hasOwn(RANGES, name), `limits.${name} is not a limit`)
    const [preset, least, most = LONGEST_TIMER] = RANGES[name]
    const isShare = !Number.isInteger(preset)
    check(
      typeof value === 'number' && value >= least && value <= most && (isShare || Number.isInteger(value)),
      `limits.${name} must be a ${isShare ? '' : 'whole '}number from ${least} to ${most}`,
    )
    limits[name] = value
  }
  for (const [less, more] of IN_ORDER)
    check(limits[less] <= limits[more], `limits.${less} must be at most limits.${more}`)
  check(limits.attemptTimeout <= deadline, 'limits.attemptTimeout must be at most deadline')
  return Object.freeze(limits)
}

function check(holds: boolean, message: string): asserts holds {
  if (!holds) throw new TypeError(message)
}
