import { internalError, json, noContent, notFound, refusal } from '../answers.ts'
import { parseObject } from '../lenient-jws.ts'
import { deleteUser, endSession, sessionData, startSession } from '../session-life.ts'
import { hashPassword } from '../state/password-hash.ts'
import type { Exchange, Handler } from '../state/tenant.ts'
import type { NewUser } from '../state/users.ts'
import { userData } from '../user-bodies.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

async function postUser({ world, tenant, request }: Exchange): Promise<Response> {
  const body = parseObject(await request.text())
  if (body === undefined) return refusal(400, 'unexpected EOF')
  const input = await toNewUser(body)
  if (input.emails === undefined && input.username === undefined) {
    return refusal(400, 'at least one of [Emails, Username] must be set')
  }
  const taken = input.emails?.some((email) => tenant.users.byEmail(email.address) !== undefined) === true
  if (taken || (input.id !== undefined && tenant.users.get(input.id) !== undefined)) return refusal(409, 'Conflict')
  const user = tenant.users.draft(input)
  await world.webhooks.announce(tenant.keys, 'user.create', userData(user, tenant.id))
  tenant.users.add(user)
  return json(200, userData(user, tenant.id))
}

async function toNewUser(body: Record<string, unknown>): Promise<NewUser> {
  const { id, emails, username, password } = body
  const secret =
    typeof password === 'object' && password !== null ? (password as { password?: unknown }).password : password
  return {
    ...(typeof id === 'string' ? { id } : {}),
    ...(typeof username === 'string' ? { username } : {}),
    ...(typeof secret === 'string' ? { passwordHash: await hashPassword(secret) } : {}),
    ...(Array.isArray(emails) && emails.length > 0 ? { emails: emails.map(toNewEmail) } : {}),
  }
}

function toNewEmail(email: Record<string, unknown>): { address: string; isPrimary: boolean; isVerified: boolean } {
  return {
    address: String(email['address']),
    isPrimary: email['is_primary'] === true,
    isVerified: email['is_verified'] === true,
  }
}

async function postSession({ world, tenant, request }: Exchange): Promise<Response> {
  const body = parseObject(await request.text()) ?? {}
  const { user_id: userId, user_agent: userAgent, ip_address: ipAddress } = body
  if (typeof userId !== 'string' || !UUID.test(userId)) return refusal(400, 'user_id must be a valid uuid')
  const user = tenant.users.get(userId.toLowerCase())
  if (user === undefined) return refusal(404, 'user not found')
  const { token } = await startSession(world, tenant, user, {
    by: 'admin',
    userAgent: typeof userAgent === 'string' ? userAgent : null,
    ipAddress: typeof ipAddress === 'string' ? ipAddress : null,
  })
  return json(200, { session_token: token })
}

function getUser({ tenant, params }: Exchange): Response {
  const user = tenant.users.get(params['id'] ?? '')
  return user === undefined ? notFound() : json(200, userData(user, tenant.id))
}

async function removeUser({ world, tenant, params }: Exchange): Promise<Response> {
  const user = tenant.users.get(params['id'] ?? '')
  if (user === undefined) return notFound()
  await deleteUser(world, tenant, user)
  return noContent()
}

const listSessions: Handler = ({ tenant, params }) =>
  json(200, tenant.sessions.active(params['id'] ?? '').map(sessionData))

async function removeSession({ world, tenant, params }: Exchange): Promise<Response> {
  const session = tenant.sessions.get(params['sessionId'] ?? '')
  if (session === undefined || session.userId !== params['id']) return notFound()
  await endSession(world, tenant, session, 'session.delete.admin.revoke')
  return noContent()
}

const needsDatabase =
  (handler: Handler): Handler =>
  (exchange) =>
    exchange.databaseDown ? internalError() : handler(exchange)

/** The admin API: no authentication at all, as with a real Hanko. */
export const ADMIN_ROUTES: Record<string, Handler> = {
  'POST /users': needsDatabase(postUser),
  'GET /users/:id': needsDatabase(getUser),
  'DELETE /users/:id': needsDatabase(removeUser),
  'POST /sessions': needsDatabase(postSession),
  'GET /users/:id/sessions': needsDatabase(listSessions),
  'DELETE /users/:id/sessions/:sessionId': needsDatabase(removeSession),
}
