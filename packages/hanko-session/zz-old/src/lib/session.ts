/** The e-mail address as it was at sign-in: claims do not follow later changes at Hanko. */
export interface SessionEmail {
  readonly address: string
  readonly isPrimary: boolean
  readonly isVerified: boolean
}

/**
 * A live session. Deeply frozen; times are milliseconds since the epoch. The token is not on it.
 *
 * Everything here comes from the payload that Hanko signed, frozen at sign-in: a changed e-mail
 * address or role shows only in the next session.
 */
export interface Session<Claims = Readonly<Record<string, unknown>>> {
  /** UUID of the user (`sub`). */
  readonly userId: string
  /** UUID of the session (`session_id`), lower case. */
  readonly sessionId: string
  /** Time of authentication: Hanko never re-issues a token. */
  readonly issuedAt: number
  readonly expiresAt: number
  readonly audience: readonly string[]
  readonly issuer?: string
  readonly email?: SessionEmail
  readonly username?: string
  /**
   * How the user signed in: `pwd`, `passkey`, `otp`, `totp`, `security_key`, `ext:<provider>`.
   * Empty for sessions made through Hanko's admin API.
   */
  readonly amr: readonly string[]
  /**
   * The operator's own claims (`session.jwt_template`), as the `claims` schema returned them.
   *
   * Never build a rule on a claim that the template feeds from `Metadata.Unsafe`: users write that themselves.
   */
  readonly claims: Claims
  /**
   * Only with the option `staleIfError`, while Hanko cannot be asked: when it last confirmed the session, in
   * milliseconds since the epoch.
   */
  readonly staleSince?: number
}
