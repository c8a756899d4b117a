import type { GraphQLSchema } from 'graphql'
import { DIRECTIVES } from './auth-directive.ts'
import { createInputRules } from './input-rules.ts'
import { type DirectiveUse, readDirectives, type SchemaElement } from './read-directives.ts'
import { type KnownOptions, readRule } from './read-rule.ts'
import type { Part, Requirement, Requirements } from './requirement.ts'
import { schemaElements, type Taken } from './schema-elements.ts'

/** What stands in a schema, by coordinate, before any of it is brought to bear on anything else. */
export interface PlacedRules {
  readonly rules: ReadonlyMap<string, Requirement>
  /** Where `@public` stands. */
  readonly open: ReadonlySet<string>
}

/**
 * Reads `@auth`, `@public` and Apollo's directives out of a schema.
 *
 * @param before what stood in the schema that this is a copy of: it holds on, whatever the copy has lost
 * @throws {TypeError} naming every coordinate where one of them stands and would not be enforced
 */
export function readPlacedRules(
  schema: GraphQLSchema,
  { of }: Requirements,
  options: KnownOptions | undefined,
  before: PlacedRules['rules'] | undefined,
): PlacedRules {
  const rules = new Map(before)
  const open = new Set<string>()
  const mistakes = [...readDefinitionMistakes(schema)]
  for (const [coordinate, element, taken] of schemaElements(schema)) {
    try {
      const { parts, isPublic } = readElement(element, taken, options)
      const requirement = of([...(rules.get(coordinate)?.parts ?? []), ...parts])
      if (requirement !== undefined) rules.set(coordinate, requirement)
      if (isPublic) open.add(coordinate)
    } catch (error) {
      mistakes.push(`${coordinate}: ${(error as Error).message}`)
    }
  }
  mistakes.push(...readUnasked(schema, rules))
  if (mistakes.length > 0) throw new TypeError(['@auth cannot be enforced here:', ...mistakes].join('\n- '))
  return { rules, open }
}

function readElement(element: SchemaElement, taken: Taken, options: KnownOptions | undefined) {
  const parts: Part[] = []
  let isPublic = false
  for (const use of readDirectives(element)) {
    const { name } = use
    assertNoneMeant(use)
    if (!DIRECTIVES.has(name)) continue
    if (taken === 'nothing')
      throw new TypeError(`@${name} protects nothing here: put it on a type, a field or an argument`)
    if (name !== 'public') parts.push(...readRule(use, options))
    else if (taken === 'rules') throw new TypeError('@public opens object types and their fields only')
    else isPublic = true
  }
  if (isPublic && parts.length > 0) throw new TypeError('@public beside a rule says nothing')
  return { parts, isPublic }
}

/** Under another name a directive of ours would protect nothing. */
function assertNoneMeant({ name, args }: DirectiveUse): void {
  const bare = name.replace(/^.*__/, '').toLowerCase()
  for (const ours of DIRECTIVES.keys()) {
    // In another case, or under the namespace of a `@link`.
    if (ours.toLowerCase() === bare && ours !== name) throw new TypeError(`@${name} is not @${ours}`)
    for (const item of name === 'link' ? [args['import']].flat() : []) {
      const { name: imported, as = imported } = { ...(item as { name?: unknown; as?: unknown }) }
      if (imported === `@${ours}` && as !== imported)
        throw new TypeError(`@link renames ${imported} to ${as as string}`)
    }
  }
}

/** Directives that are defined with arguments that nobody reads: one with a default is used without being written. */
function* readDefinitionMistakes(schema: GraphQLSchema): Generator<string> {
  for (const [name, known] of DIRECTIVES) {
    for (const arg of schema.getDirective(name)?.args ?? []) {
      if (!known.includes(arg.name) || hasDefault(arg))
        yield `@${name}(${arg.name}:): the arguments of @${name} are ${known.join(', ') || 'none'}, without defaults`
    }
  }
}

/** What documents give to their own directives, instead of to fields: no guard runs there. */
function* readUnasked(schema: GraphQLSchema, rules: PlacedRules['rules']): Generator<string> {
  const toInputRules = createInputRules((coordinate) => rules.get(coordinate))
  for (const directive of schema.getDirectives()) {
    if (!directive.locations.some((location) => IN_DOCUMENTS.test(location))) continue
    for (const place of toInputRules(directive, [])?.possible.keys() ?? [])
      yield `${place}: @auth protects nothing where documents give it to @${directive.name}`
  }
}

const IN_DOCUMENTS = /^(?:QUERY|MUTATION|SUBSCRIPTION|FIELD|VARIABLE_DEFINITION)$|FRAGMENT/

/** graphql 17 keeps a default as `default`, 16 as `defaultValue`. */
const hasDefault = (arg: { defaultValue?: unknown; default?: unknown }): boolean =>
  (arg.default ?? arg.defaultValue) !== undefined
