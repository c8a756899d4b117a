import {
  getNullableType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isAbstractType,
  isEnumType,
  isLeafType,
  isListType,
  isObjectType,
} from 'graphql'

/** A resolver that ran. */
export interface Ran {
  readonly coordinate: string
  readonly path: readonly (string | number)[]
}

const SCALARS: Readonly<Record<string, unknown>> = { Int: 1, Float: 1.5, Boolean: true }

/** Gives every field of every object type the resolver that suite.ts describes, and tells of each that runs. */
export function giveValues(
  schema: GraphQLSchema,
  gives: Readonly<Record<string, unknown>>,
  tell: (ran: Ran) => void,
): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue
    for (const field of Object.values(type.getFields())) {
      const coordinate = `${type.name}.${field.name}`
      const give = (): unknown => toValue(field.type, coordinate, gives[coordinate])
      field.resolve = (_source: unknown, _args: unknown, _context: unknown, info: GraphQLResolveInfo) => {
        tell({ coordinate, path: toPath(info.path) })
        return give()
      }
      if (type === schema.getSubscriptionType()) {
        field.subscribe = async function* (
          _source: unknown,
          _args: unknown,
          _context: unknown,
          info: GraphQLResolveInfo,
        ) {
          tell({ coordinate, path: toPath(info.path) })
          yield {}
          yield {}
        }
      }
    }
  }
}

function toValue(given: GraphQLOutputType, coordinate: string, gives: unknown): unknown {
  const type = getNullableType(given)
  if (gives === null) return null
  if (isListType(type)) {
    const items: unknown[] = Array.isArray(gives) ? gives : [gives]
    return items.map((item) => toValue(type.ofType, coordinate, item))
  }
  if (isObjectType(type)) return { __typename: type.name }
  if (isAbstractType(type)) {
    if (typeof gives !== 'string') throw new Error(`the suite must say what ${coordinate} gives`)
    return { __typename: gives }
  }
  if (gives !== undefined) return gives
  if (isEnumType(type)) return type.getValues()[0]?.value
  return isLeafType(type) ? (SCALARS[type.name] ?? coordinate) : undefined
}

function toPath(path: GraphQLResolveInfo['path'] | undefined): (string | number)[] {
  return path === undefined ? [] : [...toPath(path.prev), path.key]
}
