import type { DocumentNode, FieldNode, GraphQLSchema, OperationDefinitionNode } from 'graphql'
import { type Asked, type Condition, readAskedFields } from './asked-fields.ts'
import type { AuthRules } from './auth-rules.ts'

type Variables = Readonly<Record<string, unknown>> | null | undefined

/** Tells what operations need, worked out once per document and operation. */
export interface OperationNeeds {
  /** A protected field that the operation asks for with these variables; none: it needs no session. */
  findProtected(document: DocumentNode, operation: OperationDefinitionNode, variables: Variables): FieldNode | undefined
}

/** For one schema. Nothing about who asks is kept here: documents are shared between users. */
export function createOperationNeeds(schema: GraphQLSchema, rules: AuthRules): OperationNeeds {
  const known = new WeakMap<DocumentNode, Map<OperationDefinitionNode, Asked>>()

  function askedBy(document: DocumentNode, operation: OperationDefinitionNode): Asked {
    let byOperation = known.get(document)
    if (byOperation === undefined) known.set(document, (byOperation = new Map<OperationDefinitionNode, Asked>()))
    let asked = byOperation.get(operation)
    if (asked === undefined) byOperation.set(operation, (asked = readAskedFields(schema, rules, document, operation)))
    return asked
  }

  return {
    findProtected(document, operation, variables) {
      const asked = askedBy(document, operation)
      if (asked.always !== undefined || asked.sometimes.length === 0) return asked.always
      return findFirst(asked, toMayRun(operation, variables), new Set())
    },
  }
}

function findFirst(asked: Asked, holds: (condition: Condition) => boolean, seen: Set<Asked>): FieldNode | undefined {
  if (asked.always !== undefined || seen.has(asked)) return asked.always
  seen.add(asked)
  for (const { conditions, asked: inner } of asked.sometimes) {
    const found = conditions.every(holds) ? findFirst(inner, holds, seen) : undefined
    if (found !== undefined) return found
  }
  return undefined
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
