/**
 * `Retry-After` in milliseconds from now (RFC 9110, section 10.2.3: seconds, or a date), at most `max`.
 * `undefined` for anything else, so that nobody waits for what a broken proxy wrote.
 */
export function parseRetryAfter(value: string | null, now: number, max: number): number | undefined {
  if (value === null) return undefined
  if (/^\d{1,15}$/.test(value)) return Math.min(Number(value) * 1_000, max)
  // IMF-fixdate only; Date.parse alone takes a bare "-1" for a year.
  if (!/^[A-Za-z]{3}, \d{2} [A-Za-z]{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(value)) return undefined
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.min(Math.max(date - now, 0), max)
}
