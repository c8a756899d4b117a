/** One operation; what it returns is kept, so that no compiler leaves it out. */
export type Operation = () => unknown

export interface Contest {
  /** What both sides do besides, such as making a string: measured, and deducted. */
  readonly common: Operation
  readonly base: Operation
  readonly other: Operation
}

export interface Ratio {
  /** How many times longer `other` takes than `base`, both without what is common. */
  readonly value: number
  /** Nanoseconds of one operation, medians, without what is common. */
  readonly baseNs: number
  readonly otherNs: number
  /** `base` against itself in the same rounds. */
  readonly control: number
}

const BATCH_MS = 8

/** Requests before a server is measured. It is a lot of code: the first thousands are slower, whoever is asked. */
export const WARM_UP = 3_000

/** Where results go: a property that any code could read, so no operation is left out as unused. */
const kept: { value?: unknown } = {}
Object.assign(globalThis, { kept })

/** Nanoseconds per operation over one batch. An operation that gives a promise is awaited. */
async function runBatch(operation: Operation, count: number): Promise<number> {
  const first = operation()
  if (first instanceof Promise) {
    await first
    const start = performance.now()
    for (let i = 0; i < count; i++) kept.value = await operation()
    return ((performance.now() - start) * 1e6) / count
  }
  const start = performance.now()
  for (let i = 0; i < count; i++) kept.value = operation()
  return ((performance.now() - start) * 1e6) / count
}

/** How many operations fill a batch. */
async function calibrate(operation: Operation): Promise<number> {
  let count = 1
  for (;;) {
    const ms = ((await runBatch(operation, count)) * count) / 1e6
    if (ms >= BATCH_MS / 2) return Math.max(1, Math.round((count * BATCH_MS) / ms))
    count *= 2
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

/**
 * Batches of 8 ms in the order common, base, other, base, common, so that whatever drifts hits all alike; the median of
 * the ratios of neighbours.
 */
async function measure({ common, base, other }: Contest, rounds: number): Promise<Ratio> {
  const [commonCount, baseCount, otherCount] = [await calibrate(common), await calibrate(base), await calibrate(other)]
  const ratios: number[] = []
  const controls: number[] = []
  const bases: number[] = []
  const others: number[] = []
  for (let round = 0; round < rounds; round++) {
    const commonBefore = await runBatch(common, commonCount)
    const baseBefore = await runBatch(base, baseCount)
    const otherNs = await runBatch(other, otherCount)
    const baseAfter = await runBatch(base, baseCount)
    const commonAfter = await runBatch(common, commonCount)
    const commonNs = (commonBefore + commonAfter) / 2
    const baseNs = (baseBefore + baseAfter) / 2 - commonNs
    ratios.push((otherNs - commonNs) / baseNs)
    controls.push(round % 2 === 0 ? baseAfter / baseBefore : baseBefore / baseAfter)
    bases.push(baseNs)
    others.push(otherNs - commonNs)
  }
  return { value: median(ratios), baseNs: median(bases), otherNs: median(others), control: median(controls) }
}

/** The same, up to three times, until the control is quiet. */
export async function measureQuietly(contest: Contest, rounds: number): Promise<Ratio & { isQuiet: boolean }> {
  for (let attempt = 1; ; attempt++) {
    const ratio = await measure(contest, rounds)
    const isQuiet = ratio.control >= 0.98 && ratio.control <= 1.02
    if (isQuiet || attempt === 3) return { ...ratio, isQuiet }
  }
}
