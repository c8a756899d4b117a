import { type ConstDirectiveNode, type GraphQLSchema, valueFromASTUntyped } from 'graphql'
import { DIRECTIVES } from './auth-directive.ts'

/** Anything in a schema that can carry a directive. */
export interface SchemaElement {
  readonly astNode?: { readonly directives?: readonly ConstDirectiveNode[] | undefined } | null | undefined
  readonly extensionASTNodes?:
    | readonly { readonly directives?: readonly ConstDirectiveNode[] | undefined }[]
    | undefined
  readonly extensions?: { readonly directives?: unknown; readonly auth?: unknown } | null | undefined
}

/** One of our directives, or Apollo's, as it stands on an element; its values are not checked yet. */
export interface DirectiveUse {
  readonly name: string
  readonly args: Readonly<Record<string, unknown>>
}

/** What an element says about who may use it, and what it says in a way that would protect nothing. */
export function readDirectiveUses(element: SchemaElement): { uses: DirectiveUse[]; mistakes: string[] } {
  const uses: DirectiveUse[] = []
  const mistakes: string[] = []
  for (const use of readDirectives(element)) {
    if (Object.hasOwn(DIRECTIVES, use.name)) uses.push(use)
    else {
      const meant = meantBy(use.name)
      if (meant !== undefined) mistakes.push(`@${use.name} is not @${meant}`)
    }
  }
  const rules = element.extensions?.auth
  for (const rule of rules === undefined ? [] : [rules].flat()) {
    if (rule === true) uses.push({ name: 'auth', args: {} })
    else if (rule === 'public') uses.push({ name: 'public', args: {} })
    else if (isRecord(rule)) uses.push({ name: 'auth', args: rule })
    else mistakes.push("extensions.auth is a rule, a list of rules, true or 'public'")
  }
  return { uses, mistakes }
}

/** The directive that a name means but does not spell: in another case, or under the namespace of a `@link`. */
function meantBy(name: string): string | undefined {
  const bare = name.replace(/^.*__/, '').toLowerCase()
  return Object.keys(DIRECTIVES).find((known) => known.toLowerCase() === bare)
}

/** All that stands on an element, ours or not. */
export function* readDirectives({
  astNode,
  extensionASTNodes = [],
  extensions,
}: SchemaElement): Generator<DirectiveUse> {
  for (const node of [astNode, ...extensionASTNodes]) {
    for (const { name, arguments: args = [] } of node?.directives ?? []) {
      const values = args.map((arg) => [arg.name.value, valueFromASTUntyped(arg.value)])
      yield { name: name.value, args: Object.fromEntries(values) as Record<string, unknown> }
    }
  }
  // Code-first builders keep directives here; graphql-tools reads both forms. It also keeps those of the SDL here.
  const kept = extensions?.directives
  if (Array.isArray(kept)) {
    for (const { name, args } of kept as { name?: unknown; args?: unknown }[]) {
      yield { name: String(name), args: isRecord(args) ? args : {} }
    }
  } else if (isRecord(kept)) {
    for (const [name, value] of Object.entries(kept)) {
      for (const args of [value].flat()) yield { name, args: isRecord(args) ? args : {} }
    }
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What is wrong with the schema as a whole: a directive renamed away, or defined with arguments that nobody reads. */
export function* readDefinitionMistakes(schema: GraphQLSchema): Generator<string> {
  for (const [name, known] of Object.entries(DIRECTIVES)) {
    for (const arg of schema.getDirective(name)?.args ?? []) {
      // An argument with a default is used without being written.
      if (!known.includes(arg.name)) yield `@${name}(${arg.name}:): there is no such argument`
      else if (hasDefault(arg)) yield `@${name}(${arg.name}:): a default is not read`
    }
  }
  for (const [name, as] of readRenames(schema)) yield `schema: @link renames ${name} to ${as}`
}

/** graphql 17 keeps a default as `default`, 16 as `defaultValue`. */
function hasDefault(arg: { defaultValue?: unknown; default?: unknown }): boolean {
  return arg.defaultValue !== undefined || arg.default !== undefined
}

/** Other names that a schema's `@link` gives to a directive of ours: renamed away it would protect nothing. */
function readRenames(schema: GraphQLSchema): [string, string][] {
  const nodes = [schema.astNode, ...schema.extensionASTNodes].flatMap((node) => node?.directives ?? [])
  const imports = nodes
    .filter(({ name }) => name.value === 'link')
    .flatMap(({ arguments: args = [] }) => args)
    .flatMap(({ name, value }) => (name.value === 'import' && value.kind === 'ListValue' ? value.values : []))
  return imports.flatMap((item): [string, string][] => {
    if (item.kind !== 'ObjectValue') return []
    const { name, as } = valueFromASTUntyped(item) as { name?: unknown; as?: unknown }
    if (typeof name !== 'string' || typeof as !== 'string' || name === as) return []
    return Object.hasOwn(DIRECTIVES, name.slice(1)) && name.startsWith('@') ? [[name, as]] : []
  })
}
