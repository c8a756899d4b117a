import { json } from '../answers.ts'
import type { Flow } from './flow-store.ts'

interface FlowInput {
  name: string
  type: 'boolean' | 'email' | 'password'
  min_length?: number
  max_length?: number
  required?: true
  hidden?: true
}

interface FlowAction {
  name: string
  description: string
  inputs: FlowInput[]
}

/** What is wrong with an input: shown beside it. */
export interface InputFault {
  input: string
  code: string
  message: string
}

const BACK: FlowAction = { name: 'back', description: 'Navigate one step back.', inputs: [] }

/**
 * The actions of every state, as a Hanko with passwords and neither passkeys nor passcodes offers them
 * (login-flow.txt). What is not offered, the element does not show.
 */
function actionsOf(state: Flow['state'], passwordMinLength: number): FlowAction[] {
  const actions: Record<Flow['state'], FlowAction[]> = {
    preflight: [
      {
        name: 'register_client_capabilities',
        description: 'Send the computers capabilities.',
        inputs: [
          { name: 'webauthn_available', type: 'boolean', required: true, hidden: true },
          { name: 'webauthn_conditional_mediation_available', type: 'boolean', hidden: true },
          { name: 'webauthn_platform_authenticator_available', type: 'boolean', hidden: true },
        ],
      },
    ],
    login_init: [
      {
        name: 'continue_with_login_identifier',
        description: 'Enter an identifier to login.',
        inputs: [{ name: 'email', type: 'email', min_length: 3, max_length: 120, required: true }],
      },
    ],
    login_password: [
      BACK,
      {
        name: 'password_login',
        description: 'Login with a password.',
        inputs: [{ name: 'password', type: 'password', required: true }],
      },
    ],
    registration_init: [
      {
        name: 'register_login_identifier',
        description: 'Enter an identifier to register.',
        inputs: [{ name: 'email', type: 'email', max_length: 120, required: true }],
      },
    ],
    password_creation: [
      BACK,
      {
        name: 'register_password',
        description: 'Submit a new password.',
        inputs: [{ name: 'new_password', type: 'password', min_length: passwordMinLength, required: true }],
      },
    ],
    success: [],
  }
  return actions[state]
}

/** Whether a state offers an action. */
export function offers(flow: Flow, action: string): boolean {
  return actionsOf(flow.state, 0).some((offered) => offered.name === action)
}

/** A flow's state as an answer. `actions` is always an object: the element freezes without it. */
export function showState(
  flow: Flow,
  passwordMinLength: number,
  more: { payload?: object; fault?: InputFault } = {},
): Response {
  const { payload = {}, fault } = more
  const status = fault === undefined ? 200 : 400
  const actions = actionsOf(flow.state, passwordMinLength).map((action) => [
    action.name,
    {
      // Without the tenant, also in multi-tenant mode (multi-tenant.txt).
      href: `/${flow.name}?action=${action.name}%40${flow.id}`,
      inputs: Object.fromEntries(action.inputs.map((input) => [input.name, showInput(input, fault)])),
      action: action.name,
      description: action.description,
    },
  ])
  return json(status, {
    name: flow.state,
    status,
    payload,
    csrf_token: flow.csrfToken,
    actions: Object.fromEntries(actions) as object,
    ...(fault === undefined ? {} : { error: { code: 'form_data_invalid_error', message: 'Form data invalid.' } }),
    links: null,
  })
}

function showInput(input: FlowInput, fault: InputFault | undefined): object {
  return input.name === fault?.input ? { ...input, error: { code: fault.code, message: fault.message } } : input
}

/** A flow that cannot go on (outage.txt, "DB down: login"). */
export function showError(status: number, code: string, message: string): Response {
  return json(status, { name: 'error', status, csrf_token: '', actions: {}, error: { code, message }, links: null })
}
