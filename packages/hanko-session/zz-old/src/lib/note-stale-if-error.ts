import type { DecisionLog } from './decision-log.ts'
import type { Settings } from './options.ts'

/** Says at start-up what a choice of the operator's means for security. */
export function noteStaleIfError(
  { maxStaleness, staleIfError }: Pick<Settings, 'maxStaleness' | 'staleIfError'>,
  log: DecisionLog,
): void {
  if (staleIfError === 0) return
  const seconds = (maxStaleness + staleIfError) / 1_000
  log.note('info', `staleIfError is on: while Hanko is down, an ended session may be accepted for ${seconds} s`)
}
