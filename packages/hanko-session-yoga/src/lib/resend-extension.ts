/** In the `extensions` of an operation that is sent again: whose it was. A word that client and server share. */
export const RESEND_EXTENSION = 'hankoResend'
