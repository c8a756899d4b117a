import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  getDirectiveValues,
  getVariableValues,
  type GraphQLDirective,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql'
import { type Asked, type Condition, readAskedFields } from './asked-fields.ts'
import type { AuthRules, FieldRules } from './auth-rules.ts'
import type { Wanted } from './enforcement.ts'
import type { Requirement } from './requirement.ts'

type Variables = Readonly<Record<string, unknown>> | null | undefined
type Args = Wanted['args']

/** Something that an operation needs, and the field that needs it. */
export interface Need extends Wanted {
  readonly node: FieldNode
}

/** Tells what operations need, worked out once per document and operation. */
export interface OperationNeeds {
  /** What the operation needs with these variables, as far as that is sure; nothing: it needs no session. */
  find(document: DocumentNode, operation: OperationDefinitionNode, variables: Variables): readonly Need[]
}

interface Known {
  readonly asked: Asked
  /** What is needed whatever the variables are. */
  readonly always: readonly Need[]
  readonly isAll: boolean
}

const NO_ARGS: Args = Object.freeze({})

/** For one schema. Nothing about who asks is kept here: documents are shared between users. */
export function createOperationNeeds(schema: GraphQLSchema, rules: AuthRules): OperationNeeds {
  const known = new WeakMap<DocumentNode, Map<OperationDefinitionNode, Known>>()

  function knownOf(document: DocumentNode, operation: OperationDefinitionNode): Known {
    let byOperation = known.get(document)
    if (byOperation === undefined) known.set(document, (byOperation = new Map<OperationDefinitionNode, Known>()))
    let found = byOperation.get(operation)
    if (found === undefined) {
      const asked = readAskedFields(schema, rules, document, operation)
      const isAll = asked.byArguments.length === 0 && asked.sometimes.length === 0
      byOperation.set(operation, (found = { asked, always: toNeeds(asked), isAll }))
    }
    return found
  }

  return {
    find(document, operation, variables) {
      const { asked, always, isAll } = knownOf(document, operation)
      if (isAll) return always
      const needs: Need[] = []
      collect(asked, toMayRun(operation, variables), toReadArgs(schema, operation, variables), needs, new Set())
      return needs
    },
  }
}

function toNeeds({ always }: Asked): Need[] {
  return [...always].map(([requirement, node]) => toNeed(requirement, node, NO_ARGS))
}

const toNeed = (requirement: Requirement, node: FieldNode, args: Args): Need => ({
  requirement,
  node,
  args,
  place: node.name.value,
})

type ReadArgs = (asked: Asked['byArguments'][number]) => Args | undefined

function collect(
  asked: Asked,
  holds: (condition: Condition) => boolean,
  readArgs: ReadArgs,
  needs: Need[],
  seen: Set<Asked>,
): void {
  if (seen.has(asked)) return
  seen.add(asked)
  needs.push(...toNeeds(asked))
  for (const each of asked.byArguments) {
    const args = readArgs(each)
    if (args === undefined) continue
    const { requirement, inputs } = each.rules
    const given = inputs?.of(args) ?? []
    for (const needed of requirement === undefined ? given : [requirement, ...given])
      needs.push(toNeed(needed, each.node, args))
  }
  for (const { conditions, asked: inner } of asked.sometimes) {
    if (conditions.every(holds)) collect(inner, holds, readArgs, needs, seen)
  }
}

/** Arguments as a resolver would get them; none where it would not run, because they are not what they have to be. */
function toReadArgs(schema: GraphQLSchema, operation: OperationDefinitionNode, raw: Variables): ReadArgs {
  let coerced: { readonly values: unknown } | undefined
  return ({ node, rules }) => {
    coerced ??= { values: coerceVariables(schema, operation, raw) }
    if (coerced.values === undefined) return undefined
    try {
      return readArguments(rules.field, node, coerced.values)
    } catch {
      return undefined
    }
  }
}

/** `getDirectiveValues` looks at nothing but name and arguments; for fields, graphql 16.3 exports nothing. */
function readArguments(field: FieldRules['field'], node: FieldNode, variables: unknown): Args | undefined {
  return getDirectiveValues(
    { name: node.name.value, args: field.args } as unknown as GraphQLDirective,
    { directives: [node as unknown as DirectiveNode] },
    variables as Parameters<typeof getDirectiveValues>[2],
  )
}

/** As `getDirectiveValues` of the same graphql takes them: 16 has them plain. */
function coerceVariables(schema: GraphQLSchema, operation: OperationDefinitionNode, raw: Variables): unknown {
  const result: { variableValues?: unknown; coerced?: unknown } = getVariableValues(
    schema,
    operation.variableDefinitions ?? [],
    raw ?? {},
  )
  return result.variableValues ?? result.coerced
}

/**
 * Anything but the one value that leaves a selection out counts as asking: executors refuse what is no boolean.
 * Defaults are looked up in a map: whoever writes the document chooses how many variables it has.
 */
function toMayRun(operation: OperationDefinitionNode, variables: Variables): (condition: Condition) => boolean {
  const defaults = new Map(operation.variableDefinitions?.map((node) => [node.variable.name.value, node.defaultValue]))
  return ({ variable, leftOutBy }) => {
    if (variables && Object.hasOwn(variables, variable)) return variables[variable] !== leftOutBy
    const value = defaults.get(variable)
    return !(value?.kind === 'BooleanValue' && value.value === leftOutBy)
  }
}
