import { parseObject } from '../lenient-jws.ts'
import type { Exchange } from '../state/tenant.ts'
import { randomText } from '../wire-format.ts'
import { takeStep } from './flow-steps.ts'
import { offers, showError, showState } from './flow-states.ts'
import type { Flow } from './flow-store.ts'

/** POST /login and POST /login?action=name@flow */
export const postLogin = (exchange: Exchange): Promise<Response> => postFlow(exchange, 'login')
/** POST /registration and POST /registration?action=name@flow */
export const postRegistration = (exchange: Exchange): Promise<Response> => postFlow(exchange, 'registration')

async function postFlow(exchange: Exchange, name: Flow['name']): Promise<Response> {
  const { tenant, request, url, world } = exchange
  if (exchange.databaseDown) return showError(500, 'technical_error', 'Something went wrong.')
  const target = url.searchParams.get('action')
  if (target === null) return showState(tenant.flows.begin(name), world.settings.passwordMinLength)

  const [action = '', id = ''] = target.split('@')
  const flow = tenant.flows.find(id)
  if (flow === undefined || flow.name !== name) return showError(410, 'flow_expired_error', 'The flow has expired.')
  const body = parseObject(await request.text()) ?? {}
  // The status and code of these two refusals were not observed; the element only needs the state `error`.
  if (!offers(flow, action) || body['csrf_token'] !== flow.csrfToken) {
    return showError(403, 'operation_not_permitted_error', 'The operation is not permitted.')
  }
  flow.csrfToken = randomText()
  const input = body['input_data']
  const fields = typeof input === 'object' && input !== null ? (input as Record<string, unknown>) : {}
  return takeStep(exchange, flow, action, fields)
}
