import { createHook } from 'node:async_hooks'
import type { Operation } from './measure.ts'
import { median } from './measure.ts'

/** Promises that one operation makes. */
export async function countPromises(operation: Operation, count = 1_000): Promise<number> {
  let promises = 0
  const hook = createHook({
    init(_id, type) {
      if (type === 'PROMISE') promises++
    },
  })
  for (let i = 0; i < count; i++) operation()
  hook.enable()
  for (let i = 0; i < count; i++) operation()
  hook.disable()
  await Promise.resolve()
  return promises / count
}

/** Bytes that one operation allocates besides `common`: over stretches too short for a collection. */
export function countBytes(operation: Operation, common: Operation): number {
  const allocated = (work: Operation): number => {
    for (let i = 0; i < 20_000; i++) work()
    const samples: number[] = []
    for (let sample = 0; sample < 25; sample++) {
      globalThis.gc?.({ type: 'minor' })
      const before = process.memoryUsage().heapUsed
      for (let i = 0; i < 200; i++) work()
      samples.push((process.memoryUsage().heapUsed - before) / 200)
    }
    return median(samples)
  }
  return allocated(operation) - allocated(common)
}
