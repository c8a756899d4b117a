import { readBearer } from './read-bearer.ts'

/**
 * The token in the connection params of a WebSocket: `authorization`, in any case, with the syntax of the
 * header, and nothing else. Anything of another shape came from a client that meant to sign in: `'malformed'`.
 */
export function readConnectionParams(params: unknown): { token: string } | 'malformed' | undefined {
  if (params === undefined || params === null) return undefined
  if (typeof params !== 'object' || Array.isArray(params)) return 'malformed'
  const values = Object.entries(params)
    .filter(([name]) => name.toLowerCase() === 'authorization')
    .map(([, value]: [string, unknown]) => value)
    .filter((value) => value !== undefined && value !== null)
  if (values.length === 0) return undefined
  const [value] = values
  if (values.length > 1 || typeof value !== 'string') return 'malformed'
  return readBearer(value)
}
