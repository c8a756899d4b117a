import { buildSchema, isObjectType } from 'graphql'
import { createYoga } from 'graphql-yoga'
import type { SessionValidator } from 'hanko-session'
import { authTypeDefs, useHankoSession, withAuth } from 'hanko-session-yoga'
import { type Document, printDocument, toVariableValues } from './document.ts'
import type { Chance, Grants, Path } from './oracle.ts'
import { type Field, listPossible, printWorld, type World } from './world.ts'

export interface Served {
  readonly status: number
  readonly data?: unknown
  readonly errors?: readonly {
    readonly message: string
    readonly extensions?: { readonly auth?: { readonly reason?: string } }
  }[]
  /** Of each resolver that ran: where, and of which field. */
  readonly ran: readonly string[]
}

interface Asking {
  readonly hanko: SessionValidator
  /** Of a request with a session; nothing: without. */
  readonly token: string | undefined
  readonly grants: Grants | undefined
  readonly isPartial: boolean
  readonly chance: Chance
}

interface Info {
  readonly path: { readonly prev: Info['path'] | undefined; readonly key: string | number }
}

/** Has the implementation answer a document, with resolvers that do what the oracle takes them to do. */
export async function serveWorld(world: World, document: Document, asking: Asking): Promise<Served> {
  const { hanko, token, grants, isPartial, chance } = asking
  const ran: string[] = []

  function toResolver(coordinate: string, { type, isList }: Field) {
    const give = (path: Path): unknown => {
      const kind = world.types.get(type)?.kind
      if (kind === undefined) return 1
      if (kind === 'enum') return 'ONE'
      if (kind === 'scalar') return coordinate
      return chance.isNullAt(path) ? null : { __typename: chance.typeAt(path, listPossible(world, type)) }
    }
    return (_source: unknown, _args: unknown, _context: unknown, info: unknown): unknown => {
      const path = toPath((info as Info).path)
      ran.push(`${coordinate} at ${path.join('.')}`)
      return isList ? [give([...path, 0]), give([...path, 1])] : give(path)
    }
  }

  const built = buildSchema(`${authTypeDefs}\n${printWorld(world)}`, { assumeValidSDL: true })
  for (const type of world.types.values()) {
    const object = built.getType(type.name)
    if (type.kind !== 'object' || !isObjectType(object)) continue
    for (const field of type.fields) {
      const target = object.getFields()[field.name]
      if (target !== undefined) target.resolve = toResolver(`${type.name}.${field.name}`, field)
    }
  }
  const schema = withAuth(built, {
    roles: () => grants?.roles ?? [],
    scopes: () => grants?.scopes ?? [],
    policies: {
      p: () => grants?.policies.includes('p') === true,
      q: async () => grants?.policies.includes('q') === true,
    },
  })
  const yoga = createYoga({ schema, plugins: [useHankoSession(hanko, { partial: isPartial })], logging: false })
  const response = await yoga.fetch('https://app.example/graphql', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query: printDocument(document), variables: toVariableValues(document) }),
  })
  return { status: response.status, ...((await response.json()) as object), ran }
}

function toPath({ prev, key }: Info['path']): (string | number)[] {
  return prev === undefined ? [key] : [...toPath(prev), key]
}
