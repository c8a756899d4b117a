import type { EmulatedUser } from './state/users.ts'
import { toFraction } from './wire-format.ts'

/** A user as the admin API and webhooks show it (validate.txt, "admin POST /users"; webhooks.txt). */
export function userData(user: EmulatedUser, tenantId: string): Record<string, unknown> {
  return {
    id: user.id,
    ...(user.emails.length === 0
      ? {}
      : {
          emails: user.emails.map((email) => ({
            id: email.id,
            address: email.address,
            is_verified: email.isVerified,
            is_primary: email.isPrimary,
            created_at: toFraction(email.createdAt),
            updated_at: toFraction(email.updatedAt),
          })),
        }),
    created_at: toFraction(user.createdAt),
    updated_at: toFraction(user.updatedAt),
    ...(user.password === undefined
      ? {}
      : {
          password: {
            id: user.password.id,
            tenant_id: tenantId,
            created_at: toFraction(user.password.createdAt),
            updated_at: toFraction(user.password.createdAt),
          },
        }),
    ...(user.username === undefined ? {} : { username: user.username }),
  }
}

/** A user as `/me` shows it to itself (validate.txt, "GET /me bearer"). */
export function profileData(user: EmulatedUser): Record<string, unknown> {
  return {
    id: user.id,
    user_id: user.id,
    mfa_config: { auth_app_set_up: false, totp_enabled: false, security_keys_enabled: false },
    ...(user.emails.length === 0
      ? {}
      : {
          emails: user.emails.map((email) => ({
            id: email.id,
            address: email.address,
            is_verified: email.isVerified,
            is_primary: email.isPrimary,
          })),
        }),
    created_at: toFraction(user.createdAt),
    updated_at: toFraction(user.updatedAt),
  }
}
