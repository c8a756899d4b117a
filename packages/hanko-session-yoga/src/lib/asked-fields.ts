import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  type GraphQLNamedType,
  type GraphQLSchema,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  type NamedTypeNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import type { AuthRules, FieldRules } from './auth-rules.ts'
import type { Requirement } from './requirement.ts'

/** `@include(if: $variable)` and `@skip(if: $variable)`. */
export interface Condition {
  readonly variable: string
  /** The value with which the selection does not run. */
  readonly leftOutBy: boolean
}

/** A field whose arguments may matter: to what it needs, or to the functions that judge it. */
interface AskedField {
  readonly node: FieldNode
  readonly rules: FieldRules
}

/** What a selection asks for, as far as the document alone can tell. */
export interface Asked {
  /** What is needed whatever the variables are, with the first field that needs it. */
  readonly always: Map<Requirement, FieldNode>
  readonly byArguments: AskedField[]
  /** The others, by what decides. What a fragment asks is shared by its spreads, so that work stays linear. */
  readonly sometimes: { readonly conditions: readonly Condition[]; readonly asked: Asked }[]
}

const newAsked = (): Asked => ({ always: new Map(), byArguments: [], sometimes: [] })
const NOTHING: Asked = Object.freeze(newAsked())

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
    const asked = newAsked()
    for (const selection of selections) {
      const conditions = readConditions(selection.directives)
      if (conditions !== 'never') add(asked, conditions, readSelection(selection, parent))
    }
    return asked
  }

  function readSelection(selection: SelectionNode, parent: GraphQLNamedType | null | undefined): Asked {
    if (selection.kind === 'FragmentSpread') return readFragment(selection.name.value, parent)
    if (selection.kind === 'InlineFragment')
      return readSelections(selection.selectionSet, narrow(parent, selection.typeCondition))
    return readField(selection, parent)
  }

  /** A fragment on an interface is no veil where the object is known. */
  function narrow(parent: GraphQLNamedType | null | undefined, condition: NamedTypeNode | undefined) {
    const type = condition === undefined ? parent : schema.getType(condition.name.value)
    return isObjectType(parent) && isAbstractType(type) && schema.isSubType(type, parent) ? parent : type
  }

  /** Once for each type that it turns out to be on. */
  function readFragment(name: string, parent: GraphQLNamedType | null | undefined): Asked {
    const fragment = fragments.get(name)
    if (fragment === undefined) return NOTHING
    const type = narrow(parent, fragment.typeCondition)
    const key = `${name} ${type?.name}`
    const known = askedByFragment.get(key)
    if (known !== undefined) return known
    askedByFragment.set(key, NOTHING)
    const asked = readSelections(fragment.selectionSet, type)
    askedByFragment.set(key, asked)
    return asked
  }

  function readField(node: FieldNode, parent: GraphQLNamedType | null | undefined): Asked {
    if (parent === undefined || parent === null) return NOTHING
    const isComposite = isObjectType(parent) || isInterfaceType(parent)
    const name = node.name.value
    const field = isComposite ? parent.getFields()[name] : undefined
    const asked = newAsked()
    if (field === undefined || !isComposite) {
      // `__typename` and introspection, of which only `__typename` is to be had of a union.
      const requirement = rules.ofType(parent)
      if (requirement !== undefined) asked.always.set(requirement, node)
      return asked
    }
    const needed = rules.ofField(parent, name)
    if (needed !== undefined) readNeeded(asked, node, needed)
    if (node.selectionSet !== undefined) add(asked, [], readSelections(node.selectionSet, getNamedType(field.type)))
    return asked
  }

  return readSelections(operation.selectionSet, schema.getRootType(operation.operation))
}

/** Only what is new is taken over: whoever writes the document chooses how often its fragments are spread. */
function add(asked: Asked, conditions: readonly Condition[], inner: Asked): void {
  const isCertain = conditions.length === 0
  if (isCertain) {
    for (const [requirement, node] of inner.always)
      if (!asked.always.has(requirement)) asked.always.set(requirement, node)
  }
  const mayMatter = inner.sometimes.length > 0 || inner.byArguments.length > 0 || (!isCertain && inner.always.size > 0)
  if (mayMatter) asked.sometimes.push({ conditions, asked: inner })
}

function readNeeded(asked: Asked, node: FieldNode, rules: FieldRules): void {
  const { field, requirement, inputs } = rules
  // The functions that judge these are told the arguments.
  const isTold = field.args.length > 0 && requirement?.checks.some(({ kind }) => kind !== 'stepUp') === true
  if (requirement !== undefined && !isTold) asked.always.set(requirement, node)
  if (isTold || inputs !== undefined) asked.byArguments.push({ node, rules })
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
