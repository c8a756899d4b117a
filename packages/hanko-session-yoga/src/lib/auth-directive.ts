import type { ConstDirectiveNode, GraphQLSchema } from 'graphql'

/**
 * The definition of `@auth`, for the `typeDefs` of a schema that uses it.
 *
 * @example
 * ```ts
 * import { createSchema } from 'graphql-yoga'
 * import { authTypeDefs } from 'hanko-session-yoga'
 *
 * const schema = createSchema({ typeDefs: [authTypeDefs, `type Query { me: ID @auth }`] })
 * ```
 */
export const authTypeDefs = /* GraphQL */ `
  """
  Only for callers with a live Hanko session. On a type: for each of its fields and for every field that returns it.
  """
  directive @auth on FIELD_DEFINITION | OBJECT
`

/** Anything in a schema that can carry a directive. */
export interface SchemaElement {
  readonly astNode?: { readonly directives?: readonly ConstDirectiveNode[] | undefined } | null | undefined
  readonly extensionASTNodes?:
    | readonly { readonly directives?: readonly ConstDirectiveNode[] | undefined }[]
    | undefined
  readonly extensions?: { readonly directives?: unknown } | null | undefined
}

interface Use {
  readonly name: string
  readonly hasArguments: boolean
}

/** How an element uses `@auth`: `'ill-named'` and `'with-arguments'` are mistakes. */
export type AuthUse = 'none' | 'plain' | 'with-arguments' | { readonly illNamed: string }

export function readAuthUse(element: SchemaElement): AuthUse {
  const uses = [...directivesOf(element)].filter(({ name }) => name.toLowerCase() === 'auth')
  const illNamed = uses.find(({ name }) => name !== 'auth')
  if (illNamed !== undefined) return { illNamed: illNamed.name }
  if (uses.some(({ hasArguments }) => hasArguments)) return 'with-arguments'
  return uses.length === 0 ? 'none' : 'plain'
}

function* directivesOf({ astNode, extensionASTNodes = [], extensions }: SchemaElement): Generator<Use> {
  for (const node of [astNode, ...extensionASTNodes]) {
    for (const { name, arguments: args = [] } of node?.directives ?? [])
      yield { name: name.value, hasArguments: args.length > 0 }
  }
  // Code-first builders keep directives here; graphql-tools reads both forms.
  const kept = extensions?.directives
  if (Array.isArray(kept)) {
    for (const { name, args } of kept as { name?: unknown; args?: unknown }[]) {
      yield { name: String(name), hasArguments: hasKeys(args) }
    }
  } else if (typeof kept === 'object' && kept !== null) {
    for (const [name, value] of Object.entries(kept)) yield { name, hasArguments: [value].flat().some(hasKeys) }
  }
}

function hasKeys(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0
}

/** Other names that a schema's `@link` gives to `@auth`: a directive renamed away would protect nothing. */
export function readRenames(schema: GraphQLSchema): string[] {
  const nodes = [schema.astNode, ...schema.extensionASTNodes].flatMap((node) => node?.directives ?? [])
  const imports = nodes
    .filter(({ name }) => name.value === 'link')
    .flatMap(({ arguments: args = [] }) => args)
    .flatMap(({ name, value }) => (name.value === 'import' && value.kind === 'ListValue' ? value.values : []))
  return imports.flatMap((item) => {
    if (item.kind !== 'ObjectValue') return []
    const text = (key: string): string | undefined => {
      const value = item.fields.find(({ name }) => name.value === key)?.value
      return value?.kind === 'StringValue' ? value.value : undefined
    }
    const as = text('as')
    return text('name') === '@auth' && as !== undefined && as !== '@auth' ? [as] : []
  })
}
