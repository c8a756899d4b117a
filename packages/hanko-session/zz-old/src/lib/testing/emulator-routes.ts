import { postLogin, postRegistration } from './flow/flow-route.ts'
import type { EmulatorRoute } from './request-log.ts'
import { getMe, postLogout } from './routes/account.ts'
import { getAlive, getJwks, getReady } from './routes/keys-and-health.ts'
import { getStatusPage } from './routes/status-page.ts'
import { getValidate, postValidate } from './routes/validate.ts'
import type { Handler } from './state/tenant.ts'

/** The public API. Everything else is 404, whatever the method. */
export const PUBLIC_ROUTES: Record<string, Handler> = {
  'GET /': getStatusPage,
  'GET /health/ready': getReady,
  'GET /health/alive': getAlive,
  'GET /.well-known/jwks.json': getJwks,
  'GET /sessions/validate': getValidate,
  'POST /sessions/validate': postValidate,
  'GET /me': getMe,
  'POST /logout': postLogout,
  'POST /login': postLogin,
  'POST /registration': postRegistration,
}

const NAMES: Record<string, EmulatorRoute> = {
  '/': 'status',
  '/.well-known/jwks.json': 'jwks',
  '/sessions/validate': 'validate',
  '/me': 'me',
  '/logout': 'logout',
  '/login': 'login',
  '/registration': 'registration',
  '/health/ready': 'health',
  '/health/alive': 'health',
}

/** The name under which requests for a public path are counted. */
export function nameRoute(path: string): EmulatorRoute {
  return NAMES[path] ?? 'other'
}
