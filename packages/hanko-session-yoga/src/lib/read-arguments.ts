import {
  type DirectiveNode,
  type FieldNode,
  getDirectiveValues,
  getVariableValues,
  type GraphQLArgument,
  type GraphQLDirective,
  type GraphQLInputField,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  valueFromASTUntyped,
} from 'graphql'

type Values = Readonly<Record<string, unknown>>

/** Arguments of the fields of one operation, for one request. */
export interface ReadArguments {
  /**
   * As a resolver would get them; none where it would not run, because they are not what they have to be.
   */
  coerced(node: FieldNode, args: readonly GraphQLArgument[]): Values | undefined
  /** Only what was given, as it was written: nothing of it comes from a default of the schema. */
  given(node: FieldNode): Values
}

export function createReadArguments(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  raw: Values | null | undefined,
): ReadArguments {
  let coercedVariables: { readonly values: unknown } | undefined
  let givenVariables: Record<string, unknown> | undefined
  return {
    coerced(node, args) {
      coercedVariables ??= { values: coerceVariables(schema, operation, raw) }
      return coercedVariables.values === undefined ? undefined : readValues(node, args, coercedVariables.values)
    },
    given(node) {
      givenVariables ??= Object.assign(readDefaults(operation), raw)
      const given: [string, unknown][] = []
      for (const { name, value } of node.arguments ?? [])
        given.push([name.value, valueFromASTUntyped(value, givenVariables)])
      return Object.fromEntries(given)
    },
  }
}

/** Inherits nothing: a variable may be called like what every object has. */
function readDefaults({ variableDefinitions = [] }: OperationDefinitionNode): Record<string, unknown> {
  const defaults = Object.create(null) as Record<string, unknown>
  for (const { variable, defaultValue } of variableDefinitions) {
    if (defaultValue !== undefined) defaults[variable.name.value] = valueFromASTUntyped(defaultValue)
  }
  return defaults
}

/** As `getDirectiveValues` of the same graphql takes them: 16 has them plain. */
function coerceVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  raw: Values | null | undefined,
): unknown {
  const definitions = operation.variableDefinitions ?? []
  const result: { variableValues?: unknown; coerced?: unknown } = getVariableValues(schema, definitions, raw ?? {})
  return result.variableValues ?? result.coerced
}

/** `getDirectiveValues` looks at nothing but name and arguments; for those of fields, graphql 16.3 exports nothing. */
function readValues(
  node: Pick<FieldNode, 'name' | 'arguments'>,
  args: readonly (GraphQLArgument | GraphQLInputField)[],
  variables?: unknown,
): Values | undefined {
  try {
    return getDirectiveValues(
      { name: node.name.value, args } as unknown as GraphQLDirective,
      { directives: [node as unknown as DirectiveNode] },
      variables as Parameters<typeof getDirectiveValues>[2],
    )
  } catch {
    return undefined
  }
}

/** What a resolver gets where an argument, or a field of an input, is not given; `undefined`: nothing. */
export function readDefault(input: GraphQLArgument | GraphQLInputField): unknown {
  return readValues({ name: { kind: Kind.NAME, value: input.name } }, [input])?.[input.name]
}
