import type { SharedStore } from '../shared-store.ts'
import { announcementCases } from './announcement-cases.ts'
import { answerCases } from './answer-cases.ts'
import { revocationCases } from './revocation-cases.ts'
import { turnCases } from './turn-cases.ts'

/** What a case is run with. Cases use ids of their own, so one store serves all of them, one after the other or at once. */
export interface StoreSetup {
  /** Another handle on the same store, as another process would have one. */
  readonly open: () => SharedStore
  /** Lets time pass by the store's clock: at least so many milliseconds, always fewer than 1_000. */
  readonly pass: (milliseconds: number) => Promise<void>
  /** Whether the engine can announce. Without it, some cases have nothing to show. */
  readonly announces: boolean
}

/** Something that every shared store does. */
export interface StoreCase {
  readonly name: string
  /** Rejects when it does not. */
  readonly run: (setup: StoreSetup) => Promise<void>
}

/**
 * What `SharedStore` promises, case by case, for the tests of an adapter.
 *
 * @example
 * ```ts
 * import { test } from 'node:test'
 * import { createMemoryStores, storeCases } from 'hanko-session/store-testing'
 *
 * const stores = createMemoryStores()
 * const pass = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds))
 *
 * for (const { name, run } of storeCases) {
 *   void test(name, () => run({ open: stores.open, pass, announces: true }))
 * }
 * ```
 */
export const storeCases: readonly StoreCase[] = Object.freeze([
  ...answerCases,
  ...turnCases,
  ...revocationCases,
  ...announcementCases,
])
