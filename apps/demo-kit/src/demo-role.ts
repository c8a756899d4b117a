/** The custom claims of the demos. */
export interface DemoClaims {
  readonly role: DemoRole
}

export type DemoRole = 'admin' | 'user'

/**
 * Who is what where Hanko is the emulator: Ada, with any address that begins so, is an admin. With a Hanko of your own
 * its `session.jwt_template` says so, and must not take it from `Metadata.Unsafe`, which users write themselves.
 */
export function demoRole(email: string | undefined): DemoRole {
  return /^ada\b/i.test(email ?? '') ? 'admin' : 'user'
}
