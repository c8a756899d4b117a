import {
  getNamedType,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql'
import { type AuthRules, readAuthRules } from './auth-rules.ts'
import { readDirectives, type SchemaElement } from './read-directives.ts'
import { guardedFunctions } from './guard-field.ts'
import { findOpen } from './inspect-schema.ts'
import type { Requirement } from './requirement.ts'
import { readEnforcement } from './with-auth.ts'

/** What is public in a schema, and what is not. */
export interface AuthSurface {
  /**
   * By coordinate, sorted: what somebody needs, all that applies taken together. `public`, or `session` and the rules.
   * `Query.f(arg:)` and `Input.field` only where being given asks for something; `Union as Type` for what turns up.
   */
  readonly coordinates: Readonly<Record<string, string>>
  /** Ways to something protected on which nobody is asked: none, in a schema that went through `withAuth` last. */
  readonly open: readonly string[]
  /**
   * Fields that are computed from protected ones (`@requires` of a federated schema) and need less than those: whoever
   * may read them may learn of the others. Resolvers that read such data by themselves cannot be seen.
   */
  readonly derived: readonly string[]
}

/**
 * What each coordinate of a schema needs, for a snapshot: a change of the surface shows in review.
 *
 * @throws {TypeError} naming every coordinate where `@auth` would not be enforced
 * @example
 * ```ts
 * import { createSchema } from 'graphql-yoga'
 * import { authTypeDefs, withAuth } from 'hanko-session-yoga'
 * import { authSurface } from 'hanko-session-yoga/surface'
 *
 * const schema = withAuth(createSchema({ typeDefs: [authTypeDefs, `type Query { hello: ID, me: ID @auth }`] }))
 * authSurface(schema).coordinates // { 'Query.hello': 'public', 'Query.me': 'session' }
 * ```
 */
export function authSurface(schema: GraphQLSchema): AuthSurface {
  const enforcement = readEnforcement(schema)
  const rules = readAuthRules(schema, enforcement?.options, enforcement?.placed)
  const coordinates = new Map<string, string>()
  const derived: string[] = []
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type)) continue
    if (isObjectType(type) || isInterfaceType(type)) {
      addFields(type, rules, coordinates)
      derived.push(...readDerived(type, rules))
    }
    if (isAbstractType(type))
      addPossible(type.name, rules.ofType(type), schema.getPossibleTypes(type), rules, coordinates)
  }
  return {
    coordinates: Object.fromEntries([...coordinates].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    open: findWays(schema, findOpen([...guardedFunctions(schema, rules)], enforcement)),
    derived: derived.toSorted(),
  }
}

type Coordinates = Map<string, string>

function addFields(type: GraphQLObjectType | GraphQLInterfaceType, rules: AuthRules, coordinates: Coordinates): void {
  for (const name of Object.keys(type.getFields())) {
    const needed = rules.ofField(type, name)
    coordinates.set(`${type.name}.${name}`, needed?.requirement?.key ?? 'public')
    for (const [coordinate, { key }] of needed?.inputs?.possible ?? []) coordinates.set(coordinate, key)
  }
}

function addPossible(
  name: string,
  sure: Requirement | undefined,
  possible: readonly GraphQLObjectType[],
  rules: AuthRules,
  coordinates: Coordinates,
): void {
  for (const type of possible) {
    const requirement = rules.ofType(type)
    if (requirement !== undefined && requirement !== sure) coordinates.set(`${name} as ${type.name}`, requirement.key)
  }
}

/** From the roots of a schema to each place that is open, by one shortest way. */
function findWays(schema: GraphQLSchema, open: ReadonlySet<string>): string[] {
  const ways: string[] = []
  const seen = new Set<string>()
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
  let edge: [GraphQLNamedType, string][] = roots.flatMap((root) => (root ? [[root, '']] : []))
  while (edge.length > 0) {
    const next: typeof edge = []
    for (const [type, way] of edge) {
      if (seen.has(type.name)) continue
      seen.add(type.name)
      if (isAbstractType(type)) {
        if (open.has(type.name)) ways.push(`${type.name}, by ${way}`)
        for (const possible of schema.getPossibleTypes(type)) next.push([possible, `${way} > ${possible.name}`])
      }
      if (!isObjectType(type)) continue
      for (const field of Object.values(type.getFields())) {
        const coordinate = `${type.name}.${field.name}`
        const here = way === '' ? coordinate : `${way} > ${field.name}`
        if (open.has(coordinate)) ways.push(way === '' ? coordinate : `${coordinate}, by ${here}`)
        next.push([getNamedType(field.type), here])
      }
    }
    edge = next
  }
  return ways.toSorted()
}

/** What a federated field is computed from stands in the schema; what a resolver reads by itself does not. */
function* readDerived(type: GraphQLObjectType | GraphQLInterfaceType, rules: AuthRules): Generator<string> {
  for (const field of Object.values(type.getFields())) {
    const own = rules.ofField(type, field.name)?.requirement
    for (const { name, args } of readDirectives(field as SchemaElement)) {
      if (!/^(?:federation__)?requires$/.test(name) || typeof args['fields'] !== 'string') continue
      for (const [coordinate, requirement] of readSelected(args['fields'], type, rules)) {
        if (!covers(own, requirement))
          yield `${type.name}.${field.name} is computed from ${coordinate}, which needs ${requirement.key}`
      }
    }
  }
}

function* readSelected(fields: string, type: GraphQLObjectType | GraphQLInterfaceType, rules: AuthRules) {
  const [definition] = parse(`{ ${fields} }`).definitions
  if (definition?.kind === Kind.OPERATION_DEFINITION) yield* walk(definition.selectionSet, type)

  function* walk({ selections }: SelectionSetNode, parent: GraphQLNamedType): Generator<[string, Requirement]> {
    if (!isObjectType(parent) && !isInterfaceType(parent)) return
    for (const node of selections) {
      if (node.kind !== Kind.FIELD) continue
      const needed = rules.ofField(parent, node.name.value)
      if (needed?.requirement !== undefined) yield [`${parent.name}.${node.name.value}`, needed.requirement]
      const returned = parent.getFields()[node.name.value]?.type
      if (node.selectionSet !== undefined && returned !== undefined)
        yield* walk(node.selectionSet, getNamedType(returned))
    }
  }
}

function covers(own: Requirement | undefined, other: Requirement): boolean {
  if (own === undefined || (other.fresh && !own.fresh)) return false
  return other.checks.every(({ key }) => own.checks.some((check) => check.key === key))
}
