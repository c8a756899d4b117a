import type { GeneratorValue } from 'fast-check'
import * as fc from 'fast-check'
import type { Composite, Field, Input, InputType, Leaf, Rule, Union, World } from './world.ts'

const RULES: readonly Rule[] = [
  {},
  {},
  {},
  { scopes: [['a']] },
  { scopes: [['a', 'b']] },
  { scopes: [['a'], ['b']] },
  { roles: ['r'] },
  { roles: ['r', 's'] },
  { policy: [['p']] },
  { policy: [['p', 'q']] },
  { scopes: [['b']], roles: ['s'] },
]

/** Draws a schema: interfaces above interfaces, unions, leaves and inputs, and rules anywhere. */
export function drawWorld(g: GeneratorValue): World {
  const count = (min: number, max: number): number => g(fc.integer, { min, max })
  const pick = <T>(values: readonly T[]): T => g(() => fc.constantFrom(...values))
  const happens = (oneIn: number): boolean => count(1, oneIn) === 1
  const rule = (): Rule | undefined => (happens(5) ? pick(RULES) : undefined)
  const names = (prefix: string, length: number): string[] => Array.from({ length }, (_, at) => `${prefix}${at}`)

  const objects = names('O', count(2, 4))
  const interfaces = names('I', count(0, 3))
  const unions = names('U', count(0, 2))
  const leaves = names('L', count(0, 2))
  const inputs = names('In', count(0, 2))
  const outputs = [...objects, ...interfaces, ...unions, ...leaves, 'Int']
  const types = new Map<string, Composite | Union | Leaf>()
  let made = 0

  const drawInput = (): Input => {
    const input = inputs.length > 0 && happens(2) ? pick(inputs) : undefined
    return { name: `i${made++}`, rule: rule(), isList: happens(3), ...(input === undefined ? {} : { input }) }
  }
  const drawField = (): Field => ({
    name: `f${made++}`,
    rule: rule(),
    type: pick(outputs),
    isList: happens(3),
    isRequired: happens(3),
    args: Array.from({ length: happens(3) ? count(1, 2) : 0 }, drawInput),
  })
  /** What is inherited has rules of its own in each place. */
  const redraw = (field: Field): Field => ({
    ...field,
    rule: rule(),
    args: [...field.args.map((input) => ({ ...input, rule: rule() })), ...(happens(6) ? [drawInput()] : [])],
  })
  const drawComposite = (kind: Composite['kind'], name: string, above: readonly Composite[]): Composite => {
    const all = new Map(
      above.flatMap((each) => [each.name, ...each.interfaces]).map((each) => [each, types.get(each) as Composite]),
    )
    const inherited = new Map([...all.values()].flatMap(({ fields }) => fields).map((field) => [field.name, field]))
    // Of one field on two interfaces the wider arguments must be taken, as GraphQL wants all of them.
    for (const { fields } of all.values()) {
      for (const field of fields) {
        const known = inherited.get(field.name)
        const args = new Map([...(known?.args ?? []), ...field.args].map((arg) => [arg.name, arg]))
        inherited.set(field.name, { ...field, args: [...args.values()] })
      }
    }
    const own = Array.from({ length: count(inherited.size === 0 ? 1 : 0, 2) }, drawField)
    return {
      kind,
      name,
      rule: rule(),
      interfaces: [...all.keys()],
      fields: [...[...inherited.values()].map(redraw), ...own],
    }
  }
  const subset = (values: readonly string[]): Composite[] =>
    values.filter(() => happens(2)).map((name) => types.get(name) as Composite)

  for (const [at, name] of interfaces.entries())
    types.set(name, drawComposite('interface', name, subset(interfaces.slice(0, at))))
  for (const [at, name] of objects.entries()) {
    // The first object implements all, so that nothing is behind an interface alone.
    const above = at === 0 ? interfaces.map((each) => types.get(each) as Composite) : subset(interfaces)
    types.set(name, drawComposite('object', name, above))
  }
  for (const name of unions) {
    const members = objects.filter(() => happens(2))
    types.set(name, { kind: 'union', name, rule: rule(), members: members.length === 0 ? objects : members })
  }
  for (const name of leaves) types.set(name, { kind: pick(['enum', 'scalar']), name, rule: rule() })
  for (const root of ['Query', 'Mutation']) {
    const fields = Array.from({ length: count(2, 4) }, drawField)
    types.set(root, { kind: 'object', name: root, interfaces: [], fields })
  }
  const inputTypes = new Map(
    inputs.map((name): [string, InputType] => [name, { name, fields: Array.from({ length: count(1, 3) }, drawInput) }]),
  )
  return { types, inputs: inputTypes }
}
