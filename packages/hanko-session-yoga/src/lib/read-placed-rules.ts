import type { GraphQLSchema } from 'graphql'
import { readDefinitionMistakes, readDirectiveUses } from './directive-uses.ts'
import { type KnownOptions, readRule } from './read-rule.ts'
import type { Requirement, Requirements } from './requirement.ts'
import { type Place, type PlacedElement, schemaElements } from './schema-elements.ts'

/** What stands in a schema, by coordinate, before any of it is brought to bear on anything else. */
export interface PlacedRules {
  /** What is written at a place itself. */
  readonly at: (coordinate: string) => Requirement | undefined
  readonly isPublic: (coordinate: string) => boolean
  readonly hasFresh: boolean
}

const ENFORCED: ReadonlySet<Place> = new Set<Place>([
  'object type',
  'object field',
  'interface',
  'interface field',
  'union',
  'enum',
  'scalar',
  'argument',
  'input field',
])

/**
 * Reads `@auth`, `@public` and Apollo's directives out of a schema.
 *
 * @throws {TypeError} naming every coordinate where one of them stands and would not be enforced
 */
export function readPlacedRules(
  schema: GraphQLSchema,
  requirements: Requirements,
  options: KnownOptions | undefined,
): PlacedRules {
  const rules = new Map<string, Requirement>()
  const open = new Set<string>()
  const mistakes = [...readDefinitionMistakes(schema)]
  for (const placed of schemaElements(schema)) {
    const { coordinate } = placed
    const found = readElement(placed, requirements, options)
    mistakes.push(...found.mistakes.map((mistake) => `${coordinate}: ${mistake}`))
    if (found.requirement !== undefined) rules.set(coordinate, found.requirement)
    if (found.isPublic) open.add(coordinate)
  }
  if (mistakes.length > 0)
    throw new TypeError(`@auth cannot be enforced here:\n${mistakes.map((line) => `- ${line}`).join('\n')}`)
  return {
    at: (coordinate) => rules.get(coordinate),
    isPublic: (coordinate) => open.has(coordinate),
    hasFresh: [...rules.values()].some(({ fresh }) => fresh),
  }
}

interface Found {
  readonly requirement: Requirement | undefined
  readonly isPublic: boolean
  readonly mistakes: readonly string[]
}

function readElement(
  { place, element }: PlacedElement,
  requirements: Requirements,
  options: KnownOptions | undefined,
): Found {
  const { uses, mistakes } = readDirectiveUses(element)
  const isPublic = uses.some(({ name }) => name === 'public')
  const rules = uses.filter(({ name }) => name !== 'public')
  if (isPublic && rules.length > 0) mistakes.push('@public beside a rule says nothing')
  else if (isPublic && place !== 'object field' && place !== 'object type') mistakes.push(toMisplaced('public', place))
  const found: Requirement[] = []
  for (const use of rules) {
    if (!ENFORCED.has(place)) {
      mistakes.push(toMisplaced(use.name, place))
      continue
    }
    try {
      found.push(readRule(use, requirements, options))
    } catch (error) {
      mistakes.push((error as Error).message)
    }
  }
  return { requirement: requirements.and(...found), isPublic, mistakes }
}

function toMisplaced(name: string, place: Place): string {
  return `@${name} on ${/^[aeio]/.test(place) ? 'an' : 'a'} ${place} is not supported`
}
