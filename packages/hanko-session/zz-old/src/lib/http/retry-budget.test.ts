import { describe, expect, it } from 'vitest'
import { createRetryBudget } from './retry-budget.ts'

function createBudget() {
  let now = 0
  const budget = createRetryBudget({ retryShare: 0.1, retriesPerMinute: 10 }, { monotonic: () => now })
  const withdrawals = () => {
    let count = 0
    while (budget.withdraw()) count++
    return count
  }
  return { budget, withdrawals, pass: (milliseconds: number) => void (now += milliseconds) }
}

describe('createRetryBudget', () => {
  it('gives ten a minute, however few calls there are', () => {
    const { withdrawals, pass } = createBudget()
    expect(withdrawals()).toBe(10)
    pass(30_000)
    expect(withdrawals()).toBe(0)
    pass(30_000)
    expect(withdrawals()).toBe(10)
  })

  it('gives a tenth of the calls when that is more', () => {
    const { budget, withdrawals } = createBudget()
    for (let call = 0; call < 359; call++) budget.deposit()
    expect(withdrawals()).toBe(35)
    budget.deposit()
    expect(withdrawals()).toBe(1)
  })

  it('does not save up the calls of earlier minutes', () => {
    const { budget, withdrawals, pass } = createBudget()
    for (let call = 0; call < 1_000; call++) budget.deposit()
    pass(60_000)
    expect(withdrawals()).toBe(10)
  })
})
