import { stringifySetCookie } from 'cookie'
import type { EmulatorSettings } from './emulator-options.ts'

/** The tokens of a request in the order in which Hanko tries them: Bearer, then every cookie of the name. */
export function readTokens(request: Request, cookieName: string): string[] {
  const bearer = /^bearer\s+(.+)$/i.exec(request.headers.get('Authorization') ?? '')?.[1]
  // `cookie` cannot show duplicates, and Hanko tries them all; quotes are taken off (validate.txt, "cookie quoted").
  const cookies = (request.headers.get('Cookie') ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${cookieName}=`))
    .map((pair) => pair.slice(cookieName.length + 1).replace(/^"(.*)"$/, '$1'))
  return [...(bearer === undefined ? [] : [bearer]), ...cookies]
}

/** Hands a new session's token out: cookie or header, and how long to keep it (cookies-and-cors.txt). */
export function handOut(settings: EmulatorSettings, headers: Headers, token: string): void {
  const persistent = settings.cookie.retention === 'persistent'
  const lifetime = Math.floor(settings.lifespan / 1_000)
  if (settings.authTokenHeader) headers.set('X-Auth-Token', token)
  else headers.append('Set-Cookie', sessionCookie(settings, token, persistent ? lifetime : undefined))
  headers.set('X-Session-Lifetime', String(lifetime))
  headers.set('X-Session-Retention', persistent ? 'persistent' : 'session')
}

/** Deletes the cookie, in header mode as well (cookies-and-cors.txt, "header": logout). */
export function takeBack(settings: EmulatorSettings, headers: Headers): void {
  headers.append('Set-Cookie', sessionCookie(settings, '', 0))
}

function sessionCookie(settings: EmulatorSettings, value: string, maxAge: number | undefined): string {
  const { name, domain, httpOnly, secure, sameSite } = settings.cookie
  return stringifySetCookie({
    name,
    value,
    path: '/',
    httpOnly,
    secure,
    sameSite,
    ...(domain === undefined ? {} : { domain }),
    ...(maxAge === undefined ? {} : { maxAge }),
  })
}
