/** What a re-sent call carries: whose call it was when it was refused. Words that client and server share. */
export const RESEND_HEADER = 'hanko-resend'

/** A call that is sent again, and the marker that its refusal brought. */
export interface Resend {
  readonly path: string
  readonly marker: string
}

/** A batch has one header for all its calls, and some of them may be sent for the first time: so each is named. */
export function writeResends(resends: readonly Resend[]): string {
  return [...new Set(resends.map(({ path, marker }) => `${encodeURIComponent(path)}=${marker}`))].join(', ')
}

/** The markers that the header has for the calls of a path. */
export function readResends(header: string, path: string): string[] {
  const name = `${encodeURIComponent(path)}=`
  return header
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry.startsWith(name))
    .map((entry) => entry.slice(name.length))
}
