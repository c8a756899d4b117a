import { type ConstDirectiveNode, valueFromASTUntyped } from 'graphql'
import { DIRECTIVES } from './auth-directive.ts'
import { toPlainObject } from 'hanko-session/rules'

/** Anything in a schema that can carry a directive. */
export interface SchemaElement {
  readonly astNode?: { readonly directives?: readonly ConstDirectiveNode[] | undefined } | null | undefined
  readonly extensionASTNodes?:
    | readonly { readonly directives?: readonly ConstDirectiveNode[] | undefined }[]
    | undefined
  readonly extensions?: { readonly directives?: unknown; readonly auth?: unknown } | null | undefined
}

/** A directive as it stands on an element, ours or not; its values are not checked yet. */
export interface DirectiveUse {
  readonly name: string
  readonly args: Readonly<Record<string, unknown>>
}

/**
 * All that stands on an element: written in SDL, or kept in `extensions` by code-first builders.
 *
 * @throws {TypeError} for what is no rule, though it stands where one is
 */
export function* readDirectives({
  astNode,
  extensionASTNodes = [],
  extensions,
}: SchemaElement): Generator<DirectiveUse> {
  for (const node of [astNode, ...extensionASTNodes]) {
    for (const { name, arguments: args = [] } of node?.directives ?? [])
      yield {
        name: name.value,
        args: Object.fromEntries(args.map((arg) => [arg.name.value, valueFromASTUntyped(arg.value)])),
      }
  }
  // graphql-tools reads both forms. It also keeps those of the SDL here.
  const kept = extensions?.directives ?? {}
  const uses: [string, unknown][] = Array.isArray(kept)
    ? (kept as { name: unknown; args?: unknown }[]).map(({ name, args }) => [String(name), [args]])
    : Object.entries(kept)
  for (const [name, values] of uses) for (const args of [values].flat()) yield toUse(name, args)
  const rules = extensions?.auth
  if (rules === undefined) return
  for (const rule of Array.isArray(rules) && rules.length > 0 ? (rules as unknown[]) : [rules]) {
    if (rule === 'public') yield { name: rule, args: {} }
    else if (rule === true || isRecord(rule)) yield toUse('auth', rule)
    else throw new TypeError("extensions.auth must be a rule, a list of rules, true or 'public'")
  }
}

function toUse(name: string, args: unknown): DirectiveUse {
  const isOurs = DIRECTIVES.has(name) && typeof args === 'object' && args !== null
  return { name, args: { ...(isOurs ? toPlainObject(args, `@${name}`) : (args as object)) } }
}

const isRecord = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)
