import type { Clock } from '../options.ts'

/** How many events there were within the last `span`, and how many of them were marked. */
export interface RecentCounts {
  add(isMarked: boolean): void
  totals(): { all: number; marked: number }
  clear(): void
}

const PARTS = 10

/**
 * Counts in ten parts of the span, so that its memory does not grow with the load. The oldest part goes as a
 * whole: what is counted is never older than the span, and at least nine tenths of it are covered.
 */
export function createRecentCounts(clock: Pick<Clock, 'monotonic'>, span: number): RecentCounts {
  let parts: { readonly index: number; all: number; marked: number }[] = []
  const indexNow = (): number => Math.floor((clock.monotonic() / span) * PARTS)

  return {
    add(isMarked) {
      const index = indexNow()
      let part = parts.at(-1)
      if (part?.index !== index) {
        part = { index, all: 0, marked: 0 }
        parts = [...parts.slice(1 - PARTS), part]
      }
      part.all++
      if (isMarked) part.marked++
    },
    totals() {
      const oldest = indexNow() - PARTS
      const sums = { all: 0, marked: 0 }
      for (const part of parts) {
        if (part.index <= oldest) continue
        sums.all += part.all
        sums.marked += part.marked
      }
      return sums
    },
    clear() {
      parts = []
    },
  }
}
