import { describe, it } from 'vitest'
import { createMemoryStores } from './create-memory-stores.ts'
import { storeCases } from './store-cases.ts'

describe('a store in memory', () => {
  it.each(storeCases)('$name', async ({ run }) => {
    let now = 1_795_435_200_000
    const pass = async (milliseconds: number): Promise<void> => {
      now += milliseconds
      await new Promise((resolve) => setImmediate(resolve))
    }
    await run({ open: createMemoryStores(() => now).open, pass, announces: true })
  })
})
