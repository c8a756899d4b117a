import { describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { createSessionValidator } from '../create-session-validator.ts'
import { createClaimsRule } from './create-claims-rule.ts'

const apiUrl = 'https://hanko.example'
const hanko = createSessionValidator({
  apiUrl,
  claims: z.object({ role: z.enum(['admin', 'owner', 'editor']), level: z.number(), tags: z.array(z.string()) }),
})
type Claims = { role: 'admin' | 'owner' | 'editor'; level: number; tags: string[] }
const having = (claims: object): { claims: Claims } => ({ claims: claims as Claims })

describe('createClaimsRule', () => {
  it('takes the value that is named, or one of a list, and all that is named', () => {
    const rule = createClaimsRule(hanko, { role: ['admin', 'owner'], level: 3 })
    expect(rule.isMetBy(having({ role: 'admin', level: 3 }))).toBe(true)
    expect(rule.isMetBy(having({ role: 'owner', level: 3, tags: [] }))).toBe(true)
    expect(rule.words).toEqual(['role "admin" | "owner"', 'level 3'])
  })

  it('compares exactly, and takes nothing that is not there', () => {
    const rule = createClaimsRule(hanko, { level: 3 })
    for (const claims of [
      { level: '3' },
      { level: [3] },
      { level: true },
      { level: null },
      {},
      Object.create({ level: 3 }),
    ])
      expect(rule.isMetBy(having(claims as object))).toBe(false)
    expect(rule.isMetBy({ claims: undefined as never })).toBe(false)
  })

  it.each([
    [{}, 'name a claim'],
    [null, 'claims'],
    ['admin', 'claims'],
    [['admin'], 'claims'],
    [{ role: [] }, 'claims.role'],
    [{ role: undefined }, 'claims.role'],
    [{ role: ['admin', undefined] }, 'claims.role'],
    [{ role: { is: 'admin' } }, 'claims.role'],
    [{ level: Number.NaN }, 'claims.level'],
    [Object.assign(Object.create({ role: 'admin' }) as object, { level: 3 }), 'plain object'],
    [new Map([['role', 'admin']]), 'plain object'],
  ])('refuses %j at construction', (given, named) => {
    const construct = () => createClaimsRule(hanko, given as never)
    expect(construct).toThrow(TypeError)
    expect(construct).toThrow(named)
  })

  it('needs a schema: only then a typing error in a template cannot decide who is an admin', () => {
    const plain = createSessionValidator({ apiUrl })
    expect(() => createClaimsRule(plain, { role: 'admin' } as never)).toThrow('createSessionValidator')
  })

  it('is typed by the schema', () => {
    type Given = Parameters<typeof createClaimsRule<Claims>>[1]
    expectTypeOf<{ role: 'admin'; level: readonly [1, 2] }>().toExtend<Given>()
    expectTypeOf<{ role: 'adnim' }>().not.toExtend<Given>()
    expectTypeOf<Given>().not.toHaveProperty('tags')
    // @ts-expect-error a claim that is none
    expect(() => createClaimsRule(hanko, { rolle: 'admin' })).not.toThrow()
  })
})
