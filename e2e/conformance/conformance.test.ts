import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { SUITES } from './all-suites.ts'
import { PEOPLE, POLICIES } from './callers.ts'
import { type Callers, createCallers } from './create-callers.ts'
import { type Case, listCases } from './list-cases.ts'

let callers: Callers
beforeAll(async () => {
  callers = await createCallers(inject('signingKeys').slice(0, 1))
})
afterAll(() => callers.close())

const cases = listCases(() => callers)

describe.each([...new Set(cases.map(({ suite }) => suite))])('%s', (suite) => {
  const own = cases.filter((one) => one.suite === suite).map((one): [string, Case] => [one.name, one])
  it.each(own)('%s', async (_name, one) => {
    expect(await one.run()).toEqual([])
  })
})

it('is data: nothing of it is lost in JSON', () => {
  expect(JSON.parse(JSON.stringify([SUITES, PEOPLE, POLICIES]))).toEqual([SUITES, PEOPLE, POLICIES])
})

it('has at least 200 cases, each with a name of its own', () => {
  const names = cases.map(({ suite, name }) => `${suite}: ${name}`)
  expect(new Set(names).size).toBe(names.length)
  expect(names.length).toBeGreaterThanOrEqual(200)
})
