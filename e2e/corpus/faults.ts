import type { Fault } from 'hanko-session/testing'

/** Every kind of fault, and what it is called when Hanko has to be asked. Each for all routes, keys included. */
export const FAULTS: readonly (readonly [string, Fault, string])[] = [
  ['latency past the deadline', { kind: 'latency', by: '10s' }, 'upstream_timeout'],
  ['hang', { kind: 'hang' }, 'upstream_timeout'],
  ['status 500', { kind: 'status', status: 500 }, 'upstream_unavailable'],
  ['status 429', { kind: 'status', status: 429, headers: { 'Retry-After': '7' } }, 'upstream_unavailable'],
  ['status 404', { kind: 'status', status: 404 }, 'upstream_misconfigured'],
  ['status 201', { kind: 'status', status: 201 }, 'upstream_invalid'],
  ['reset', { kind: 'reset' }, 'upstream_unavailable'],
  ['reset in the body', { kind: 'reset', at: 'body' }, 'upstream_unavailable'],
  ['malformed', { kind: 'malformed', body: '<html>' }, 'upstream_invalid'],
  ['endless', { kind: 'endless' }, 'upstream_invalid'],
  ['redirect', { kind: 'redirect', to: 'https://evil.example/' }, 'upstream_invalid'],
  ['database down', { kind: 'database', state: 'down' }, 'upstream_unavailable'],
  ['sessions missing', { kind: 'database', state: 'sessions-missing' }, 'upstream_unavailable'],
  ['stale cache before the keys', { kind: 'stale-cache', age: 60 }, ''],
]

export const BOUNDS = [
  ['0', { maxStaleness: 0 }],
  ['30s', { maxStaleness: '30s' }],
  ['Infinity', { maxStaleness: Number.POSITIVE_INFINITY, audience: 'localhost' }],
] as const

/** Where it holds: a cache is before the keys alone. */
export const targetOf = (fault: Fault): 'jwks' | 'all' => (fault.kind === 'stale-cache' ? 'jwks' : 'all')
