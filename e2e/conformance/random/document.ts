export interface Condition {
  readonly directive: 'skip' | 'include'
  /** A literal, or the name of a variable. */
  readonly by: boolean | string
}

export type Value =
  | { readonly kind: 'int' }
  | { readonly kind: 'null' }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly Value[] }
  | { readonly kind: 'object'; readonly fields: Readonly<Record<string, Value>> }

export type Selection =
  | {
      readonly kind: 'field'
      readonly name: string
      readonly alias?: string
      readonly args: Readonly<Record<string, Value>>
      readonly conditions: readonly Condition[]
      readonly selections: readonly Selection[]
    }
  | {
      readonly kind: 'inline'
      readonly on?: string
      readonly conditions: readonly Condition[]
      readonly selections: readonly Selection[]
    }
  | { readonly kind: 'spread'; readonly fragment: string; readonly conditions: readonly Condition[] }

/** Values hold no variables themselves. */
export interface Variable {
  readonly type: string
  readonly byDefault?: Value | boolean
  readonly given?: Value | boolean
}

export interface Fragment {
  readonly on: string
  readonly selections: readonly Selection[]
}

export interface Document {
  readonly operation: 'query' | 'mutation'
  readonly selections: readonly Selection[]
  readonly fragments: ReadonlyMap<string, Fragment>
  readonly variables: ReadonlyMap<string, Variable>
}

export function printDocument({ operation, selections, fragments, variables }: Document): string {
  const definitions = [...variables].map(([name, { type, byDefault }]) =>
    byDefault === undefined ? `$${name}: ${type}` : `$${name}: ${type} = ${printValue(byDefault)}`,
  )
  const head = `${operation}${definitions.length === 0 ? '' : ` (${definitions.join(', ')})`} ${printSelections(selections)}`
  const tail = [...fragments].map(
    ([name, { on, selections: each }]) => `fragment ${name} on ${on} ${printSelections(each)}`,
  )
  return [head, ...tail].join('\n')
}

export function toVariableValues({ variables }: Document): Record<string, unknown> {
  const given = [...variables].filter(([, variable]) => variable.given !== undefined)
  return Object.fromEntries(
    given.map(([name, variable]) => [name, JSON.parse(toJson(variable.given as Value | boolean)) as unknown]),
  )
}

function printSelections(selections: readonly Selection[]): string {
  const printed = selections.map((selection) => {
    const conditions = selection.conditions.map(
      ({ directive, by }) => ` @${directive}(if: ${typeof by === 'string' ? `$${by}` : String(by)})`,
    )
    if (selection.kind === 'spread') return `...${selection.fragment}${conditions.join('')}`
    if (selection.kind === 'inline')
      return `...${selection.on === undefined ? '' : ` on ${selection.on}`}${conditions.join('')} ${printSelections(selection.selections)}`
    const args = Object.entries(selection.args).map(([name, value]) => `${name}: ${printValue(value)}`)
    const head = `${selection.alias === undefined ? '' : `${selection.alias}: `}${selection.name}`
    const below = selection.selections.length === 0 ? '' : ` ${printSelections(selection.selections)}`
    return `${head}${args.length === 0 ? '' : `(${args.join(', ')})`}${conditions.join('')}${below}`
  })
  return `{ ${printed.join(' ')} }`
}

function printValue(value: Value | boolean): string {
  if (typeof value === 'boolean') return String(value)
  if (value.kind === 'int') return '1'
  if (value.kind === 'null') return 'null'
  if (value.kind === 'variable') return `$${value.name}`
  if (value.kind === 'list') return `[${value.items.map(printValue).join(', ')}]`
  return `{ ${Object.entries(value.fields)
    .map(([name, each]) => `${name}: ${printValue(each)}`)
    .join(', ')} }`
}

function toJson(value: Value | boolean): string {
  if (typeof value === 'boolean') return String(value)
  if (value.kind === 'list') return `[${value.items.map(toJson).join()}]`
  if (value.kind === 'object')
    return `{${Object.entries(value.fields)
      .map(([name, each]) => `"${name}":${toJson(each)}`)
      .join()}}`
  return value.kind === 'int' ? '1' : 'null'
}
