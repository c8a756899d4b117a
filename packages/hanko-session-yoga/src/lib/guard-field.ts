import {
  defaultFieldResolver,
  defaultTypeResolver,
  type GraphQLAbstractType,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  type GraphQLTypeResolver,
  isAbstractType,
  isObjectType,
} from 'graphql'
import { isAdmitted } from './admission.ts'
import { toFieldError } from './auth-error.ts'
import type { AuthRules, FieldRules } from './auth-rules.ts'
import { type Decision, type Enforcement, isMoreThanSession, type Wanted } from './enforcement.ts'
import { changesState, readRequestAuth } from './hanko-context.ts'
import type { Requirement } from './requirement.ts'

type Resolver = GraphQLFieldResolver<unknown, unknown, Readonly<Record<string, unknown>>>
type TypeResolver = GraphQLTypeResolver<unknown, unknown>

/** One function of a schema that has to be guarded. */
export interface Guarded {
  /** `User.name`, or `Node` for what finds the type of a `Node`. */
  readonly coordinate: string
  /** Whether a guard is in its place, that enforces all it has to. */
  isGuardedBy(enforcement: Enforcement | undefined): boolean
  guard(enforcement: Enforcement): void
}

/** Every function of a schema that has to be guarded. */
export function* guardedFunctions(schema: GraphQLSchema, rules: AuthRules): Generator<Guarded> {
  for (const type of Object.values(schema.getTypeMap())) {
    if (isObjectType(type)) yield* guardedFields(type, rules, type === schema.getSubscriptionType())
    else if (isAbstractType(type)) yield* guardedType(type, schema, rules)
  }
}

function* guardedFields(type: GraphQLObjectType, rules: AuthRules, isSource: boolean): Generator<Guarded> {
  for (const field of Object.values(type.getFields())) {
    const needed = rules.ofField(type, field.name)
    if (needed === undefined) continue
    // The types of a schema are changed in place: no unguarded copy of the field is left for anybody to call.
    for (const name of isSource ? (['resolve', 'subscribe'] as const) : (['resolve'] as const)) {
      yield guardedFunction<'resolve' | 'subscribe', Resolver>(
        `${type.name}.${field.name}`,
        needed.key,
        field,
        name,
        (inner, coordinate, enforcement) => toGuard(coordinate, needed, inner ?? defaultFieldResolver, enforcement),
      )
    }
  }
}

/** What turns up behind an interface or a union may need more than is sure of all the possibilities. */
function* guardedType(type: GraphQLAbstractType, schema: GraphQLSchema, rules: AuthRules): Generator<Guarded> {
  const sure = rules.ofType(type)
  const needed = new Map<string, Requirement>()
  for (const possible of schema.getPossibleTypes(type)) {
    const requirement = rules.ofType(possible)
    if (requirement !== undefined && requirement !== sure) needed.set(possible.name, requirement)
  }
  if (needed.size === 0) return
  const key = [...needed].map(([name, requirement]) => `${name} ${requirement.key}`).join('; ')
  yield guardedFunction<'resolveType', TypeResolver>(
    type.name,
    key,
    type,
    'resolveType',
    (inner, coordinate, enforcement) => toTypeGuard(coordinate, needed, inner ?? defaultTypeResolver, enforcement),
  )
}

function guardedFunction<Name extends 'resolve' | 'subscribe' | 'resolveType', Fn extends object>(
  coordinate: string,
  key: string,
  owner: { [name in Name]?: Fn | null | undefined },
  name: Name,
  wrap: (inner: Fn | null | undefined, coordinate: string, enforcement: Enforcement) => Fn,
): Guarded {
  return {
    coordinate,
    isGuardedBy: (enforcement) => enforcement?.guards.get(owner[name] ?? owner) === key,
    guard(enforcement) {
      const guard = wrap(owner[name], coordinate, enforcement)
      enforcement.guards.set(guard, key)
      owner[name] = guard
    },
  }
}

function toGuard(
  coordinate: string,
  { requirement, inputs }: FieldRules,
  resolve: Resolver,
  enforcement: Enforcement,
): Resolver {
  const isSessionAlone = requirement !== undefined && inputs === undefined && !isMoreThanSession({ requirement })
  return (source, args, context, info) => {
    if (isSessionAlone && isAdmitted(context, info.operation)) return resolve(source, args, context, info)
    const wants: Wanted[] = requirement === undefined ? [] : [{ requirement, args, place: coordinate }]
    for (const given of inputs?.resolved(args) ?? []) wants.push({ requirement: given, args, place: coordinate })
    const run = () => resolve(source, args, context, info)
    return wants.length === 0 ? run() : letIn(coordinate, wants, context, info, enforcement, run)
  }
}

function toTypeGuard(
  coordinate: string,
  needed: ReadonlyMap<string, Requirement>,
  resolveType: TypeResolver,
  enforcement: Enforcement,
): TypeResolver {
  return (value, context, info, abstractType) => {
    const admit = (name: string | undefined): string | undefined | Promise<string | undefined> => {
      const requirement = name === undefined ? undefined : needed.get(name)
      if (requirement === undefined) return name
      // The arguments are those of a field that somebody else resolved: rules on types are told none.
      const wants = [{ requirement, args: {}, place: `${coordinate} as ${name}` }]
      return letIn(coordinate, wants, context, info, enforcement, () => name)
    }
    const name = resolveType(value, context, info, abstractType)
    // Executors wait for anything that has a `then`, functions included.
    return typeof name === 'string' ? admit(name) : Promise.resolve(name).then(admit)
  }
}

/** Runs what its caller may have, at once where nobody has to be asked. */
function letIn<Result>(
  coordinate: string,
  wants: readonly Wanted[],
  context: unknown,
  info: GraphQLResolveInfo,
  enforcement: Enforcement,
  run: () => Result,
): Result | Promise<Awaited<Result>> {
  const auth = readRequestAuth(context)
  if (auth === undefined) throw noSessionOn(coordinate)
  const operation = enforcement.operations.get(auth)
  const refused = enforcement.decide({ auth, context, changesState: changesState(info.operation), operation }, wants)
  if (refused === undefined) return run()
  if ('then' in refused) return refused.then((late) => runUnless(late, run)) as Promise<Awaited<Result>>
  return runUnless(refused, run)
}

function runUnless<Result>(refused: Decision<Wanted>, run: () => Result): Result {
  if (refused !== undefined) throw toFieldError(refused.state)
  return run()
}

/** For developers: Yoga masks it and logs it. */
export function noSessionOn(coordinate: string): Error {
  return new Error(
    `${coordinate} has @auth, but \`auth\` on the context is not what useHankoSession put there. Add ` +
      'useHankoSession(hanko) to the plugins, and let no `context` or other plugin replace `auth`. An operation that ' +
      'Yoga does not answer itself (WebSocket, graphql-sse) needs `req`, and `connectionParams`, in getEnveloped.',
  )
}
