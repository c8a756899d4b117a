import type { Caller, Refusal } from './suite.ts'

interface Person {
  readonly email: string
  readonly scopes: readonly string[]
  readonly roles: readonly string[]
  /** How they signed in; nothing: the session was made by an administrator. */
  readonly amr: readonly string[]
  /** How long before the suite began. */
  readonly signedInHoursAgo: number
  /**
   * `known`: live, and asked about a moment ago, so that memory answers. `ended`: known as well, but Hanko ended it
   * since. `revoked`: ended before anybody asked. `unreachable`: live, while Hanko cannot be asked.
   */
  readonly state: 'known' | 'ended' | 'revoked' | 'unreachable'
}

const ALL = { scopes: ['read', 'write', 'billing'], roles: ['admin', 'staff'] }
const NOW = { amr: ['passkey'], signedInHoursAgo: 0 }

/** Everybody who has a session, good or not. `none` brings no token, `garbage` one that is none. */
export const PEOPLE: Readonly<Record<Exclude<Caller, 'none' | 'garbage'>, Person>> = {
  ada: { email: 'ada@example.com', ...ALL, ...NOW, state: 'known' },
  bob: {
    email: 'bob@example.com',
    scopes: ['read'],
    roles: ['staff'],
    amr: ['pwd'],
    signedInHoursAgo: 0,
    state: 'known',
  },
  carl: { email: 'carl@example.com', scopes: [], roles: [], amr: ['pwd', 'totp'], signedInHoursAgo: 0, state: 'known' },
  stale: { email: 'stale@example.com', ...ALL, amr: ['passkey'], signedInHoursAgo: 2, state: 'known' },
  made: { email: 'made@example.com', ...ALL, amr: [], signedInHoursAgo: 0, state: 'known' },
  ended: { email: 'ended@example.com', ...ALL, ...NOW, state: 'ended' },
  revoked: { email: 'revoked@example.com', ...ALL, ...NOW, state: 'revoked' },
  outage: { email: 'outage@example.com', ...ALL, ...NOW, state: 'unreachable' },
}

/** What a policy of the suite says. */
export type Policy =
  /** Yes to these people. */
  | { readonly people: readonly string[] }
  /** Yes where this argument of the field is the caller's address. */
  | { readonly argument: string }
  /** Always this, boolean or not. */
  | { readonly says: unknown }
  | { readonly throws: string }

export const POLICIES: Readonly<Record<string, Policy>> = {
  adult: { people: ['ada@example.com', 'bob@example.com'] },
  paid: { people: ['ada@example.com', 'carl@example.com'] },
  owner: { argument: 'owner' },
  nobody: { says: false },
  sloppy: { says: 'yes' },
  broken: { throws: 'the database of policies is away' },
}

interface Shown {
  readonly status: number
  readonly code: string
  /** What `WWW-Authenticate` says; outages have none. */
  readonly challenge?: string
}

/** How a reason shows, when an operation is refused as a whole and the client takes application/graphql-response+json. */
export const SHOWN: Readonly<Record<Refusal, Shown>> = {
  no_token: { status: 401, code: 'UNAUTHENTICATED', challenge: 'Bearer' },
  invalid_token: { status: 401, code: 'UNAUTHENTICATED', challenge: 'error="invalid_token"' },
  revoked: { status: 401, code: 'UNAUTHENTICATED', challenge: 'error="invalid_token"' },
  forbidden: { status: 403, code: 'FORBIDDEN', challenge: 'error="insufficient_scope"' },
  step_up_required: { status: 403, code: 'FORBIDDEN', challenge: 'error="insufficient_user_authentication"' },
  upstream_unavailable: { status: 503, code: 'SERVICE_UNAVAILABLE' },
}
