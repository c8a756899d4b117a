import { flattenClaims } from '../session-claims.ts'
import { handOut } from '../session-cookie.ts'
import { startSession } from '../session-life.ts'
import { hashPassword, matchesPassword } from '../state/password-hash.ts'
import type { Exchange } from '../state/tenant.ts'
import type { EmulatedUser } from '../state/users.ts'
import { profileData, userData } from '../user-bodies.ts'
import { sortKeys } from '../wire-format.ts'
import type { WebhookEvent } from '../webhooks.ts'
import { checkEmail, checkNewPassword, emailExists, invalidInput } from './flow-inputs.ts'
import { showState } from './flow-states.ts'
import type { InputFault } from './flow-states.ts'
import type { Flow } from './flow-store.ts'

/** Takes an action that the state offers: moves the flow on, or shows the same state with what is wrong. */
export async function takeStep(
  exchange: Exchange,
  flow: Flow,
  action: string,
  input: Record<string, unknown>,
): Promise<Response> {
  const { tenant, world } = exchange
  const { passwordMinLength } = world.settings
  const show = (fault?: InputFault): Response =>
    showState(flow, passwordMinLength, fault === undefined ? {} : { fault })
  const init = flow.name === 'login' ? 'login_init' : 'registration_init'

  switch (action) {
    case 'register_client_capabilities':
    case 'back':
      flow.state = init
      return show()
    case 'continue_with_login_identifier': {
      const fault = checkEmail(input['email'])
      if (fault !== undefined) return show(fault)
      // Everybody is asked for a password, known or not (elements/d-wrong-password.txt, step 3).
      Object.assign(flow, { email: String(input['email']), state: 'login_password' })
      return show()
    }
    case 'password_login': {
      const user = tenant.users.byEmail(flow.email ?? '')
      if (user === undefined || !(await matchesPassword(user.password?.hash, String(input['password'])))) {
        return show(invalidInput('password'))
      }
      return succeed(exchange, flow, user, 'user.login')
    }
    case 'register_login_identifier': {
      const fault = checkEmail(input['email'])
      if (fault !== undefined) return show(fault)
      if (tenant.users.byEmail(String(input['email'])) !== undefined) return show(emailExists)
      Object.assign(flow, { email: String(input['email']), state: 'password_creation' })
      return show()
    }
    default: {
      const fault = checkNewPassword(input['new_password'], passwordMinLength)
      if (fault !== undefined) return show(fault)
      const passwordHash = await hashPassword(String(input['new_password']))
      const user = tenant.users.draft({ emails: [{ address: flow.email ?? '' }], passwordHash })
      return succeed(exchange, flow, user, 'user.create')
    }
  }
}

/** Starts the session and hands it out; the claims in `success` have times in nanoseconds. */
async function succeed(exchange: Exchange, flow: Flow, user: EmulatedUser, event: WebhookEvent): Promise<Response> {
  const { tenant, world, request } = exchange
  const userAgent = request.headers.get('User-Agent')
  const caller = { ip_address: '127.0.0.1', user_agent: userAgent ?? '' }
  await world.webhooks.announce(tenant.keys, event, { ...userData(user, tenant.id), ...caller })
  if (event === 'user.create') tenant.users.add(user)
  const { token, payload } = await startSession(world, tenant, user, {
    by: 'flow',
    amr: ['pwd'],
    userAgent,
    ipAddress: caller.ip_address,
  })
  flow.state = 'success'
  const response = showState(flow, world.settings.passwordMinLength, {
    payload: {
      claims: flattenClaims(payload, 'nanoseconds'),
      ...(event === 'user.login' ? { last_login: { login_method: 'password' } } : {}),
      user: sortKeys(profileData(user)),
    },
  })
  handOut(world.settings, response.headers, token)
  return response
}
