import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  type GraphQLNamedType,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import type { AuthRules } from './auth-rules.ts'

/** `@include(if: $variable)` and `@skip(if: $variable)`. */
export interface Condition {
  readonly variable: string
  /** The value with which the selection does not run. */
  readonly leftOutBy: boolean
}

/** The protected fields that a selection asks for, as far as the document alone can tell. */
export interface Asked {
  /** One that is asked for whatever the variables are. */
  always: FieldNode | undefined
  /** The others, by what decides. What a fragment asks is shared by its spreads, so that work stays linear. */
  readonly sometimes: { readonly conditions: readonly Condition[]; readonly asked: Asked }[]
}

const NOTHING: Asked = Object.freeze({ always: undefined, sometimes: [] })

/** Walks an operation once, each of its fragments once. Cycles, which validation refuses, are cut. */
export function readAskedFields(
  schema: GraphQLSchema,
  rules: AuthRules,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Asked {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const node of document.definitions) if (node.kind === 'FragmentDefinition') fragments.set(node.name.value, node)
  const askedByFragment = new Map<string, Asked>()

  function readSelections({ selections }: SelectionSetNode, parent: GraphQLNamedType | null | undefined): Asked {
    const asked: Asked = { always: undefined, sometimes: [] }
    for (const selection of selections) {
      const conditions = readConditions(selection.directives)
      if (conditions === 'never') continue
      const inner = readSelection(selection, parent)
      if (conditions.length === 0) asked.always ??= inner.always
      const mayMatter = inner.sometimes.length > 0 || (conditions.length > 0 && inner.always !== undefined)
      if (mayMatter) asked.sometimes.push({ conditions, asked: inner })
    }
    return asked
  }

  function readSelection(selection: SelectionNode, parent: GraphQLNamedType | null | undefined): Asked {
    if (selection.kind === 'FragmentSpread') return readFragment(selection.name.value)
    if (selection.kind === 'InlineFragment') {
      const condition = selection.typeCondition
      return readSelections(
        selection.selectionSet,
        condition === undefined ? parent : schema.getType(condition.name.value),
      )
    }
    return readField(selection, parent)
  }

  function readFragment(name: string): Asked {
    const known = askedByFragment.get(name)
    if (known !== undefined) return known
    askedByFragment.set(name, NOTHING)
    const fragment = fragments.get(name)
    if (fragment === undefined) return NOTHING
    const asked = readSelections(fragment.selectionSet, schema.getType(fragment.typeCondition.name.value))
    askedByFragment.set(name, asked)
    return asked
  }

  function readField(node: FieldNode, parent: GraphQLNamedType | null | undefined): Asked {
    if (!isObjectType(parent) && !isInterfaceType(parent)) return NOTHING // a union's __typename
    const name = node.name.value
    const field = parent.getFields()[name]
    const isProtected =
      field === undefined ? rules.isProtectedType(parent.name) : rules.isProtectedField(parent.name, field)
    if (isProtected) return { always: node, sometimes: [] }
    if (field === undefined || node.selectionSet === undefined) return NOTHING
    return readSelections(node.selectionSet, getNamedType(field.type))
  }

  return readSelections(operation.selectionSet, schema.getRootType(operation.operation))
}

/** Of each directive the first counts, as it does for executors. What is not a literal or a variable is left to them. */
function readConditions(directives: readonly DirectiveNode[] = []): Condition[] | 'never' {
  const conditions: Condition[] = []
  for (const [name, leftOutBy] of [
    ['skip', true],
    ['include', false],
  ] as const) {
    const directive = directives.find((node) => node.name.value === name)
    const value = directive?.arguments?.find((node) => node.name.value === 'if')?.value
    if (value?.kind === 'BooleanValue' && value.value === leftOutBy) return 'never'
    if (value?.kind === 'Variable') conditions.push({ variable: value.name.value, leftOutBy })
  }
  return conditions
}
