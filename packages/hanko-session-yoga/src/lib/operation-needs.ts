import type { DocumentNode, FieldNode, GraphQLSchema, OperationDefinitionNode } from 'graphql'
import { type Asked, type Condition, readAskedFields } from './asked-fields.ts'
import type { AuthRules } from './auth-rules.ts'
import type { Wanted } from './enforcement.ts'
import { createReadArguments, type ReadArguments } from './read-arguments.ts'
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
      collect(
        asked,
        toMayRun(operation, variables),
        createReadArguments(schema, operation, variables),
        needs,
        new Set(),
      )
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

function collect(
  asked: Asked,
  holds: (condition: Condition) => boolean,
  read: ReadArguments,
  needs: Need[],
  seen: Set<Asked>,
): void {
  if (seen.has(asked)) return
  seen.add(asked)
  needs.push(...toNeeds(asked))
  for (const { node, rules } of asked.byArguments) {
    const args = read.coerced(node, rules.field.args)
    if (args === undefined) continue
    const given = rules.inputs?.given(read.given(node)) ?? []
    for (const needed of rules.requirement === undefined ? given : [rules.requirement, ...given])
      needs.push(toNeed(needed, node, args))
  }
  for (const { conditions, asked: inner } of asked.sometimes) {
    if (conditions.every(holds)) collect(inner, holds, read, needs, seen)
  }
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
