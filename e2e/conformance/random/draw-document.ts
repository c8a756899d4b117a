import type { GeneratorValue } from 'fast-check'
import * as fc from 'fast-check'
import type { Condition, Document, Fragment, Selection, Value, Variable } from './document.ts'
import { findComposite, type Input, listPossible, type World } from './world.ts'

const DEPTH = 4

/** Draws a document that GraphQL takes: names are given so that no two fields of one name differ. */
export function drawDocument(g: GeneratorValue, world: World): Document {
  const count = (min: number, max: number): number => g(fc.integer, { min, max })
  const pick = <T>(values: readonly T[]): T => g(() => fc.constantFrom(...values))
  const happens = (oneIn: number): boolean => count(1, oneIn) === 1

  const fragments = new Map<string, Fragment>()
  const variables = new Map<string, Variable>()
  const overlapping = new Map<string, string[]>()
  let made = 0

  function drawConditions(): Condition[] {
    if (!happens(5)) return []
    const directive = pick(['skip', 'include'] as const)
    if (happens(3)) return [{ directive, by: happens(2) }]
    const name = `b${made++}`
    const isRequired = happens(2)
    // Executors refuse a condition without a value: one of the two is always there.
    const given = isRequired || happens(2) ? { given: happens(2) } : {}
    variables.set(name, {
      type: isRequired ? 'Boolean!' : 'Boolean',
      ...given,
      ...(isRequired ? {} : { byDefault: happens(2) }),
    })
    return [{ directive, by: name }]
  }

  function drawValue({ input, isList }: Input, depth: number, mayVary: boolean): Value {
    if (mayVary && happens(4)) {
      const name = `v${made++}`
      const named = input ?? 'Int'
      const drawn = (): Value => drawValue({ name, isList, ...(input === undefined ? {} : { input }) }, depth, false)
      variables.set(name, {
        type: isList ? `[${named}!]` : named,
        ...(happens(2) ? { byDefault: drawn() } : {}),
        ...(happens(2) ? { given: drawn() } : {}),
      })
      return { kind: 'variable', name }
    }
    if (happens(8)) return { kind: 'null' }
    const one = (): Value => (input === undefined ? { kind: 'int' } : drawObject(input, depth + 1, mayVary))
    // One value may stand for a list of it.
    if (isList && !happens(4)) return { kind: 'list', items: Array.from({ length: count(0, 2) }, one) }
    return one()
  }

  function drawObject(input: string, depth: number, mayVary: boolean): Value {
    const fields = world.inputs.get(input)?.fields ?? []
    const given = depth > 3 ? [] : fields.filter(() => happens(2))
    return {
      kind: 'object',
      fields: Object.fromEntries(given.map((each) => [each.name, drawValue(each, depth, mayVary)])),
    }
  }

  function overlappingWith(type: string): string[] {
    let found = overlapping.get(type)
    if (found === undefined) {
      const possible = new Set(listPossible(world, type))
      const names = [...world.types.values()]
        .filter(({ kind }) => kind !== 'enum' && kind !== 'scalar')
        .map(({ name }) => name)
      found = names.filter((name) => listPossible(world, name).some((each) => possible.has(each)))
      overlapping.set(type, found)
    }
    return found
  }

  function drawSelections(type: string, depth: number): Selection[] {
    return Array.from({ length: count(1, depth === 0 ? 3 : 2) }, () => drawSelection(type, depth))
  }

  function drawSelection(type: string, depth: number): Selection {
    const conditions = drawConditions()
    if (depth < DEPTH && happens(5)) {
      const on = happens(4) ? undefined : pick(overlappingWith(type))
      const selections = drawSelections(on ?? type, depth + 1)
      return { kind: 'inline', conditions, selections, ...(on === undefined ? {} : { on }) }
    }
    if (depth < DEPTH && happens(6)) {
      const known = [...fragments].filter(([, { on }]) => overlappingWith(type).includes(on)).map(([name]) => name)
      if (known.length > 0 && happens(2)) return { kind: 'spread', fragment: pick(known), conditions }
      const fragment = `F${made++}`
      const on = pick(overlappingWith(type))
      const selections = drawSelections(on, depth + 1)
      fragments.set(fragment, { on, selections })
      return { kind: 'spread', fragment, conditions }
    }
    const isUnion = world.types.get(type)?.kind === 'union'
    const fields = isUnion ? [] : findComposite(world, type).fields
    const usable = depth < DEPTH ? fields : fields.filter((field) => isLeaf(field.type))
    if (usable.length === 0 || happens(8))
      return { kind: 'field', name: '__typename', args: {}, conditions, selections: [] }
    const field = pick(usable)
    const given = field.args.filter(() => happens(2))
    const args = Object.fromEntries(given.map((arg) => [arg.name, drawValue(arg, 0, true)]))
    const alias = given.length > 0 || happens(3) ? { alias: `a${made++}` } : {}
    const selections = isLeaf(field.type) ? [] : drawSelections(field.type, depth + 1)
    return { kind: 'field', name: field.name, ...alias, args, conditions, selections }
  }

  const isLeaf = (name: string): boolean => {
    const kind = world.types.get(name)?.kind
    return kind === undefined || kind === 'enum' || kind === 'scalar'
  }

  const operation = happens(4) ? 'mutation' : 'query'
  const selections = drawSelections(operation === 'query' ? 'Query' : 'Mutation', 0)
  return { operation, selections, fragments, variables }
}
