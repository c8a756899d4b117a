/** What a rule asks for beside a session. */
export interface Rule {
  readonly roles?: readonly string[]
  readonly scopes?: readonly (readonly string[])[]
  readonly policy?: readonly (readonly string[])[]
}

interface Ruled {
  readonly name: string
  readonly rule?: Rule | undefined
}

/** Of an argument, or of a field of an input. Without a type it is an `Int`. */
export interface Input extends Ruled {
  readonly input?: string
  readonly isList: boolean
}

export interface Field extends Ruled {
  /** Of a type of the world, or `Int`. */
  readonly type: string
  readonly isList: boolean
  readonly isRequired: boolean
  readonly args: readonly Input[]
}

export interface Composite extends Ruled {
  readonly kind: 'object' | 'interface'
  /** All of them, with those that they implement in turn. */
  readonly interfaces: readonly string[]
  readonly fields: readonly Field[]
}

export interface Union extends Ruled {
  readonly kind: 'union'
  readonly members: readonly string[]
}

export interface Leaf extends Ruled {
  readonly kind: 'enum' | 'scalar'
}

type Type = Composite | Union | Leaf

export interface InputType {
  readonly name: string
  readonly fields: readonly Input[]
}

/** A schema, as the generator draws it and the oracle reads it. */
export interface World {
  readonly types: ReadonlyMap<string, Type>
  readonly inputs: ReadonlyMap<string, InputType>
}

export function findComposite({ types }: World, name: string): Composite {
  const found = types.get(name)
  if (found === undefined || !isComposite(found)) throw new Error(`${name} has no fields`)
  return found
}

const isComposite = (type: Type): type is Composite => type.kind === 'object' || type.kind === 'interface'

/** The object types that a value of this type can be of. */
export function listPossible({ types }: World, name: string): string[] {
  const type = types.get(name)
  if (type?.kind === 'union') return [...type.members]
  if (type?.kind === 'object') return [name]
  if (type?.kind !== 'interface') return []
  return [...types.values()].flatMap((each) =>
    each.kind === 'object' && each.interfaces.includes(name) ? [each.name] : [],
  )
}

export function printWorld({ types, inputs }: World): string {
  const lines = [...types.values()].map((type) => {
    const rule = printRule(type.rule)
    if (type.kind === 'union') return `union ${type.name}${rule} = ${type.members.join(' | ')}`
    if (!isComposite(type)) return `${type.kind} ${type.name}${rule}${type.kind === 'enum' ? ' { ONE TWO }' : ''}`
    const above = type.interfaces.length === 0 ? '' : ` implements ${type.interfaces.join(' & ')}`
    const fields = type.fields.map((field) => {
      const named = field.isList ? `[${field.type}]` : field.type
      return `${field.name}${printInputs(field.args)}: ${named}${field.isRequired ? '!' : ''}${printRule(field.rule)}`
    })
    return `${type.kind === 'object' ? 'type' : 'interface'} ${type.name}${above}${rule} { ${fields.join(' ')} }`
  })
  for (const { name, fields } of inputs.values()) lines.push(`input ${name} { ${fields.map(printInput).join(' ')} }`)
  return lines.join('\n')
}

const printInputs = (inputs: readonly Input[]): string =>
  inputs.length === 0 ? '' : `(${inputs.map(printInput).join(', ')})`

function printInput({ name, input = 'Int', isList, rule }: Input): string {
  return `${name}: ${isList ? `[${input}!]` : input}${printRule(rule)}`
}

function printRule(rule: Rule | undefined): string {
  if (rule === undefined) return ''
  const args = Object.entries(rule).map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
  return args.length === 0 ? ' @auth' : ` @auth(${args.join(', ')})`
}
