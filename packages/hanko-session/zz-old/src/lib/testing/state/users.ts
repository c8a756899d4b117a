/** An e-mail address of a user. */
export interface EmulatedEmail {
  id: string
  address: string
  isPrimary: boolean
  isVerified: boolean
  createdAt: number
  updatedAt: number
}

/** A user as the emulator keeps it. Times are milliseconds since the epoch. */
export interface EmulatedUser {
  id: string
  emails: EmulatedEmail[]
  username?: string
  /** Only that there is a password, and its hash. */
  password?: { id: string; hash: string; createdAt: number }
  createdAt: number
  updatedAt: number
}

export interface NewUser {
  id?: string
  emails?: { address: string; isPrimary?: boolean; isVerified?: boolean }[]
  username?: string
  passwordHash?: string
}

export type UserStore = ReturnType<typeof createUserStore>

/** The users of one tenant. */
export function createUserStore(clock: { now(): number }) {
  const users = new Map<string, EmulatedUser>()
  return {
    get: (id: string) => users.get(id),
    byEmail: (address: string) =>
      [...users.values()].find((user) => user.emails.some((email) => email.address === normalise(address))),
    /** A user that is not yet among the users: `add` makes it one. */
    draft(input: NewUser): EmulatedUser {
      const now = clock.now()
      const emails = input.emails ?? []
      const primary = Math.max(
        0,
        emails.findIndex((email) => email.isPrimary === true),
      )
      return {
        id: input.id ?? crypto.randomUUID(),
        emails: emails.map((email, index) => ({
          id: crypto.randomUUID(),
          address: normalise(email.address),
          isPrimary: index === primary,
          isVerified: email.isVerified ?? false,
          createdAt: now,
          updatedAt: now,
        })),
        ...(input.username === undefined ? {} : { username: input.username }),
        ...(input.passwordHash === undefined
          ? {}
          : { password: { id: crypto.randomUUID(), hash: input.passwordHash, createdAt: now } }),
        createdAt: now,
        updatedAt: now,
      }
    },
    add(user: EmulatedUser): void {
      users.set(user.id, user)
    },
    remove: (id: string) => users.delete(id),
  }
}

const normalise = (address: string): string => address.trim().toLowerCase()
