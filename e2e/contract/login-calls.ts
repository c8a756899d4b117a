import type { ContractTarget } from './contract-target.ts'
import { postJson } from './hanko-calls.ts'
import type { Answer } from './hanko-calls.ts'

/** A state of the login or registration flow. */
export interface FlowState {
  name: string
  status: number
  payload: Record<string, unknown>
  csrf_token: string
  actions: Record<string, { action: string; href: string; inputs: Record<string, Record<string, unknown>> }>
  error?: { code: string; message: string }
}

export type FlowAnswer = Answer & { state: FlowState }

/** A browser without passkeys: a real Hanko then offers passwords only. */
const NO_PASSKEYS = {
  webauthn_available: false,
  webauthn_conditional_mediation_available: false,
  webauthn_platform_authenticator_available: false,
}

export const PASSWORD = 'correct horse battery'

const asFlow = (answer: Answer): FlowAnswer => ({ ...answer, state: answer.body as FlowState })

/** Takes an action of a state: its own href, and the state's csrf token. */
export async function act(
  target: ContractTarget,
  state: FlowState,
  action: string,
  input: object = {},
): Promise<FlowAnswer> {
  const href = state.actions[action]?.href
  if (href === undefined) throw new Error(`The state ${state.name} does not offer ${action}`)
  return asFlow(await postJson(`${target.apiUrl}${href}`, { input_data: input, csrf_token: state.csrf_token }))
}

export async function begin(target: ContractTarget, flow: 'login' | 'registration'): Promise<FlowAnswer> {
  return asFlow(await postJson(`${target.apiUrl}/${flow}`, {}))
}

/** Up to the state that asks for an e-mail address. */
export async function beginWithoutPasskeys(target: ContractTarget, flow: 'login' | 'registration'): Promise<FlowState> {
  const { state } = await begin(target, flow)
  return (await act(target, state, 'register_client_capabilities', NO_PASSKEYS)).state
}

/** Registers a new user with a password; the answer is the last one, `success`. */
export async function register(target: ContractTarget, email: string): Promise<FlowAnswer> {
  const init = await beginWithoutPasskeys(target, 'registration')
  const creation = await act(target, init, 'register_login_identifier', { email })
  let answer = await act(target, creation.state, 'register_password', { new_password: PASSWORD })
  // A Hanko that wants passkeys or a second factor asks for them here, if they are optional.
  while (answer.state.actions['skip'] !== undefined) answer = await act(target, answer.state, 'skip')
  return answer
}

/** Up to the state that asks for the password. */
export async function beginLogin(target: ContractTarget, email: string): Promise<FlowState> {
  const init = await beginWithoutPasskeys(target, 'login')
  return (await act(target, init, 'continue_with_login_identifier', { email })).state
}

export const newAddress = (): string => `contract-${crypto.randomUUID()}@example.com`
