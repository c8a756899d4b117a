import type { Handler } from './state/tenant.ts'

/** A handler and what stood for the `:names` in its path. */
export interface RouteMatch {
  handler: Handler
  params: Record<string, string>
}

/** Looks a request up in a table of `METHOD /path/:name`. Exact: no trailing slash, no HEAD for GET (validate.txt). */
export function matchRoute(table: Record<string, Handler>, method: string, path: string): RouteMatch | undefined {
  const direct = table[`${method} ${path}`]
  if (direct !== undefined) return { handler: direct, params: {} }
  const parts = path.split('/')
  for (const [route, handler] of Object.entries(table)) {
    const [routeMethod, pattern = ''] = route.split(' ')
    const names = pattern.split('/')
    if (routeMethod !== method || names.length !== parts.length) continue
    if (!names.every((name, at) => (name.startsWith(':') ? parts[at] !== '' : name === parts[at]))) continue
    const params = names.flatMap((name, at) => (name.startsWith(':') ? [[name.slice(1), parts[at] ?? '']] : []))
    return { handler, params: Object.fromEntries(params) as Record<string, string> }
  }
  return undefined
}
