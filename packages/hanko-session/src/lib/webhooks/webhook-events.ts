/** Changes of a user. Hanko's names of v3.0.4; a name stands for all that begin with it and a dot. */
export type ChangeName =
  | 'user.update'
  | 'user.update.email'
  | 'user.update.email.create'
  | 'user.update.email.primary'
  | 'user.update.email.delete'
  | 'user.update.password'
  | 'user.update.password.update'
  | 'user.update.username'
  | 'user.update.username.create'
  | 'user.update.username.update'
  | 'user.update.username.delete'

/**
 * What an app can listen for. A name stands for all that begin with it and a dot, as it does at Hanko: `user` for
 * `user.create` and all others of a user. `session...` is sent by Hankos after v3.0.4 only.
 */
export type WebhookName =
  | 'user'
  | 'user.create'
  | 'user.delete'
  | 'user.login'
  | ChangeName
  | 'session'
  | 'session.create'
  | 'session.create.flow'
  | 'session.create.admin'
  | 'session.delete'
  | 'session.delete.explicit'
  | 'session.delete.explicit.logout'
  | 'session.delete.explicit.revoke'
  | 'session.delete.admin'
  | 'session.delete.admin.revoke'
  | 'session.delete.passive'
  | 'session.delete.passive.expire'
  | 'session.delete.passive.limit'
  | 'email.send'

/** A user as Hanko describes it. Only `id` is checked; `metadata.unsafe_metadata` is written by the user. */
export interface WebhookUser {
  readonly id: string
  readonly username?: string
  readonly emails?: readonly {
    readonly id: string
    readonly address: string
    readonly is_verified: boolean
    readonly is_primary: boolean
  }[]
  readonly metadata?: {
    readonly public_metadata?: unknown
    readonly private_metadata?: unknown
    readonly unsafe_metadata?: unknown
  }
  readonly ip_address?: string
  readonly user_agent?: string
  readonly [name: string]: unknown
}

/** A session as Hanko describes it. Only `id` is checked. */
export interface WebhookSession {
  readonly id: string
  readonly user_id?: string
  /** RFC 3339. */
  readonly expires_at?: string
  readonly [name: string]: unknown
}

/** An e-mail that Hanko sends, or leaves to the app: **it holds the passcode**. Nothing of it is checked. */
export interface WebhookEmail {
  readonly subject?: string
  readonly body_plain?: string
  readonly body?: string
  readonly to_email_address?: string
  readonly delivered_by_hanko?: boolean
  readonly accept_language?: string
  readonly type?: string
  readonly data?: unknown
  readonly [name: string]: unknown
}

/** What an event of this name is about. */
export type WebhookData<Name extends WebhookName> = Name extends 'email.send'
  ? WebhookEmail
  : Name extends 'session' | `session.${string}`
    ? WebhookSession
    : WebhookUser

/** Something that happened at Hanko, as Hanko signed it. Frozen; its objects have no prototype. */
export interface WebhookEvent<Name extends WebhookName = WebhookName> {
  /** The full name, which may be longer than the one that was listened for. */
  readonly name: string
  readonly data: WebhookData<Name>
  /** Hanko's clock, in milliseconds since the epoch; whole seconds. */
  readonly issuedAt: number
}

const CHANGES: Record<ChangeName, true> = {
  'user.update': true,
  'user.update.email': true,
  'user.update.email.create': true,
  'user.update.email.primary': true,
  'user.update.email.delete': true,
  'user.update.password': true,
  'user.update.password.update': true,
  'user.update.username': true,
  'user.update.username.create': true,
  'user.update.username.update': true,
  'user.update.username.delete': true,
}

const NAMES: Record<WebhookName, true> = {
  ...CHANGES,
  user: true,
  'user.create': true,
  'user.delete': true,
  'user.login': true,
  session: true,
  'session.create': true,
  'session.create.flow': true,
  'session.create.admin': true,
  'session.delete': true,
  'session.delete.explicit': true,
  'session.delete.explicit.logout': true,
  'session.delete.explicit.revoke': true,
  'session.delete.admin': true,
  'session.delete.admin.revoke': true,
  'session.delete.passive': true,
  'session.delete.passive.expire': true,
  'session.delete.passive.limit': true,
  'email.send': true,
}

export const isChangeName = (value: unknown): value is ChangeName =>
  typeof value === 'string' && Object.hasOwn(CHANGES, value)

export const isWebhookName = (value: unknown): value is WebhookName =>
  typeof value === 'string' && Object.hasOwn(NAMES, value)

/** Whether an event is one of those that a name stands for: at a dot, so `session.deleteX` is no `session.delete`. */
export const isOf = (event: string, name: string): boolean => event === name || event.startsWith(`${name}.`)
