import { startSession } from './session-life.ts'
import type { Tenant, World } from './state/tenant.ts'
import type { EmulatedUser } from './state/users.ts'
import { userData } from './user-bodies.ts'

/** Who signs in, and how. */
export interface SignInOptions {
  /** The user's id; a user of this id is made if there is none. @default that of `email`, or a new one */
  userId?: string
  /** @default an address made up for a new user */
  email?: string
  username?: string
  /** Custom claims of this session, as a template would make them. */
  claims?: Record<string, unknown>
  /** How the user signed in. Pass `[]` for a session as the admin API makes it. @default ['pwd'] */
  amr?: readonly string[]
  /** In multi-tenant mode: at which tenant. @default the first */
  tenant?: string
}

/** A new session, in every form a client can present it. */
export interface SignedIn {
  token: string
  /** For a `Cookie` header: `hanko=<token>`. */
  cookie: string
  /** For an `Authorization` header: `Bearer <token>`. */
  header: string
  userId: string
  sessionId: string
}

export async function signIn(world: World, tenant: Tenant, options: SignInOptions): Promise<SignedIn> {
  const user = findUser(tenant, options) ?? addUser(tenant, options)
  await world.webhooks.announce(tenant.keys, 'user.login', userData(user, tenant.id))
  const amr = options.amr ?? ['pwd']
  const { token, session } = await startSession(world, tenant, user, {
    by: amr.length === 0 ? 'admin' : 'flow',
    amr,
    claims: options.claims ?? {},
  })
  return {
    token,
    cookie: `${world.settings.cookie.name}=${token}`,
    header: `Bearer ${token}`,
    userId: user.id,
    sessionId: session.id,
  }
}

function findUser({ users }: Tenant, { userId, email }: SignInOptions): EmulatedUser | undefined {
  if (userId !== undefined) return users.get(userId)
  return email === undefined ? undefined : users.byEmail(email)
}

function addUser({ users }: Tenant, { userId, email, username }: SignInOptions): EmulatedUser {
  const address = email ?? `user-${crypto.randomUUID().slice(0, 8)}@example.com`
  const user = users.draft({
    ...(userId === undefined ? {} : { id: userId }),
    ...(username === undefined ? {} : { username }),
    emails: [{ address, isPrimary: true, isVerified: true }],
  })
  users.add(user)
  return user
}
