import type { RequestAuth, RequestInput } from 'hanko-session'

/** One `auth` for each HTTP request, whatever asks for it. */
export interface AuthsByRequest<Claims> {
  of(request: RequestInput): RequestAuth<Claims>
  /** The one that was asked for already. */
  find(request: object): RequestAuth<Claims> | undefined
}

/** Says whose it is: a copy or an heir of a request has the property, too, and is another request. */
interface Held<Claims> {
  readonly request: object
  readonly auth: RequestAuth<Claims>
}

/** Kept on the request itself: an entry in a `WeakMap` for each of them costs a hundred times more. */
export function createAuthsByRequest<Claims>(
  forRequest: (request: RequestInput) => RequestAuth<Claims>,
): AuthsByRequest<Claims> {
  const key = Symbol('hanko-session-yoga')
  const others = new WeakMap<object, RequestAuth<Claims>>()

  function find(request: object): RequestAuth<Claims> | undefined {
    const held = (request as { [key]?: Held<Claims> })[key]
    return held?.request === request ? held.auth : others.get(request)
  }

  return {
    find,
    of(request) {
      const known = find(request)
      if (known !== undefined) return known
      const auth = forRequest(request)
      if (key in request || !Object.isExtensible(request)) others.set(request, auth)
      else (request as { [key]?: Held<Claims> })[key] = { request, auth }
      return auth
    },
  }
}
