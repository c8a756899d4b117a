import type { EmulatorSettings } from './emulator-options.ts'

// cookies-and-cors.txt: X-Auth-Token is exposed in header mode only.
const EXPOSED =
  'Retry-After,X-RateLimit-Limit,X-RateLimit-Remaining,X-RateLimit-Reset,X-Session-Lifetime,X-Session-Retention'

/** The answer to any OPTIONS request; nothing else answers those. */
export function answerPreflight(settings: EmulatorSettings, request: Request): Response {
  const headers = new Headers()
  for (const name of ['Origin', 'Access-Control-Request-Method', 'Access-Control-Request-Headers'])
    headers.append('Vary', name)
  if (allowOrigin(settings, request, headers)) {
    const asked = request.headers.get('Access-Control-Request-Headers')
    headers.set('Access-Control-Allow-Methods', 'GET,POST,PUT,PATCH,DELETE,OPTIONS')
    if (asked !== null) headers.set('Access-Control-Allow-Headers', asked)
    headers.set('Access-Control-Max-Age', '7200')
  }
  return new Response(null, { status: 204, headers })
}

/** Adds what a browser at an allowed origin needs to an answer; others get `Vary` alone. */
export function withCors(settings: EmulatorSettings, request: Request, response: Response): Response {
  const headers = new Headers(response.headers)
  headers.append('Vary', 'Origin')
  if (allowOrigin(settings, request, headers)) {
    headers.set('Access-Control-Expose-Headers', settings.authTokenHeader ? `${EXPOSED},X-Auth-Token` : EXPOSED)
  }
  return new Response(response.body, { status: response.status, headers })
}

function allowOrigin(settings: EmulatorSettings, request: Request, headers: Headers): boolean {
  const origin = request.headers.get('Origin')
  if (origin === null || !(settings.corsOrigins.includes('*') || settings.corsOrigins.includes(origin))) return false
  headers.set('Access-Control-Allow-Origin', origin)
  headers.set('Access-Control-Allow-Credentials', 'true')
  return true
}
