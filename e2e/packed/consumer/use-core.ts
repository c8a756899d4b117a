// A user's own file, compiled and run against the packed core: the three outcomes, both guards, no token anywhere.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import {
  type AuthState,
  createSessionValidator,
  requireSession,
  type Session,
  type SessionValidator,
} from 'hanko-session'
import { createNodeGuard, toNodeWebhook } from 'hanko-session/node'
import { createTenantValidator } from 'hanko-session/tenants'
import { createHankoEmulator } from 'hanko-session/testing'
import { serveHankoEmulator } from 'hanko-session/testing-node'
import { createWebhookReceiver } from 'hanko-session/webhooks'

function expectStatus(what: string, found: number | string, expected: number | string): void {
  if (found !== expected) throw new Error(`${what} is ${found}, not ${expected}`)
}

const emulator = await createHankoEmulator()
const served = await serveHankoEmulator(emulator, { publicPort: 0, adminPort: 0 })
const hanko: SessionValidator = createSessionValidator({ apiUrl: served.apiUrl, maxStaleness: 0 })
const { token, header, sessionId, userId } = await emulator.signIn({ email: 'ada@example.com' })

const state: AuthState = await hanko.validate(token)
expectStatus('a live session', state.status, 'authenticated')
if (inspect(state, { depth: 9 }).includes(token)) throw new Error('the state shows the token')
if (state.status === 'authenticated') {
  const session: Session = state.session
  expectStatus('the user', session.userId, userId)
}

const several: SessionValidator = createTenantValidator({ tenants: { acme: served.apiUrl }, tenant: () => 'acme' })
expectStatus('a live session of a tenant', (await several.validate(token, { tenant: 'acme' })).status, 'authenticated')
several.close()

const handle = requireSession(hanko, (_request, session) => Response.json({ id: session.userId }))
const asked = new Request('https://app.example/api/me', { headers: { authorization: header } })
expectStatus('a signed-in call', (await handle(asked)).status, 200)
expectStatus('a signed-out call', (await handle(new Request('https://app.example/api/me'))).status, 401)

const guard = createNodeGuard(hanko)
const server = createServer(guard.listener((_request, response, session) => void response.end(session.userId)))
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
expectStatus('a signed-in call to node:http', (await fetch(url, { headers: { authorization: header } })).status, 200)

const webhooks = createWebhookReceiver(hanko)
const hook = createServer((request, response) => void toNodeWebhook(webhooks)(request, response))
await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve))
const delivery = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ token: await emulator.webhooks.token('session.delete.admin.revoke', { id: sessionId }) }),
}
const hookUrl = `http://127.0.0.1:${(hook.address() as AddressInfo).port}`
expectStatus('a webhook', (await fetch(hookUrl, delivery)).status, 200)
expectStatus('a call after the webhook', (await fetch(url, { headers: { authorization: header } })).status, 401)
hook.close()
hook.closeAllConnections()

await emulator.endSession(sessionId)
expectStatus('a call after the sign-out', (await fetch(url, { headers: { authorization: header } })).status, 401)
const other = await emulator.signIn()
await served.close()
expectStatus('a call while Hanko is gone', (await fetch(url, { headers: { authorization: other.header } })).status, 503)
server.close()
server.closeAllConnections()
