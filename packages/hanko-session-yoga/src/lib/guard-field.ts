import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
  isObjectType,
} from 'graphql'
import type { AuthState } from 'hanko-session'
import { toFieldError } from './auth-error.ts'
import type { AuthRules } from './auth-rules.ts'
import { changesState, readRequestAuth } from './hanko-context.ts'

type Field = GraphQLField<unknown, unknown>
type Resolver = GraphQLFieldResolver<unknown, unknown>

/** Marks the functions made here, so that a schema that lost them is noticed. */
const GUARD = Symbol('hanko-session-yoga guard')

export interface FieldOf {
  readonly type: GraphQLObjectType
  readonly field: Field
  /** Its `subscribe` runs as well as its `resolve`. */
  readonly isSource: boolean
}

/** Every object field that needs a session. */
export function* protectedFields(schema: GraphQLSchema, rules: AuthRules): Generator<FieldOf> {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue
    for (const field of Object.values(type.getFields())) {
      if (rules.isProtectedField(type.name, field))
        yield { type, field, isSource: type === schema.getSubscriptionType() }
    }
  }
}

/** Puts the guard around a field's functions, once. */
export function guardField({ type, field, isSource }: FieldOf): void {
  const coordinate = `${type.name}.${field.name}`
  // The types of a schema are changed in place: no unguarded copy of the field is left for anybody to call.
  if (!isGuard(field.resolve)) field.resolve = toGuard(coordinate, field.resolve ?? defaultFieldResolver)
  if (isSource && !isGuard(field.subscribe))
    field.subscribe = toGuard(coordinate, field.subscribe ?? defaultFieldResolver)
}

export function isGuarded({ field, isSource }: FieldOf): boolean {
  return isGuard(field.resolve) && (!isSource || isGuard(field.subscribe))
}

function toGuard(coordinate: string, resolve: Resolver): Resolver {
  const guard: Resolver = (source, args, context, info) => {
    const auth = readRequestAuth(context)
    if (auth === undefined) throw noSessionOn(coordinate)
    const finish = (state: AuthState<unknown>): unknown => {
      if (state.status !== 'authenticated') throw toFieldError(state)
      return resolve(source, args, context, info)
    }
    const asked = { changesState: changesState(info.operation) }
    // A promise only where somebody has to be asked: a list has this field a thousand times.
    const known = auth.known(asked)
    return known === undefined ? auth.state(asked).then(finish) : finish(known)
  }
  return Object.defineProperty(guard, GUARD, { value: true })
}

function isGuard(resolve: unknown): boolean {
  return typeof resolve === 'function' && GUARD in resolve
}

/** For developers: Yoga masks it and logs it. */
export function noSessionOn(coordinate: string): Error {
  return new Error(
    `${coordinate} has @auth, but \`auth\` on the context is not what useHankoSession put there. Add ` +
      'useHankoSession(hanko) to the plugins, and let no `context` or other plugin replace `auth`. ' +
      'Operations without an HTTP request (WebSocket) are not supported yet.',
  )
}
