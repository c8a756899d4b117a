import { randomText } from '../wire-format.ts'

/** Where a login or registration stands. */
export interface Flow {
  id: string
  name: 'login' | 'registration'
  state: 'preflight' | 'login_init' | 'login_password' | 'registration_init' | 'password_creation' | 'success'
  csrfToken: string
  expiresAt: number
  email?: string
}

export type FlowStore = ReturnType<typeof createFlowStore>

/** The flows of one tenant. */
export function createFlowStore(clock: { now(): number }, lifespan: number) {
  const flows = new Map<string, Flow>()
  return {
    begin(name: Flow['name']): Flow {
      for (const flow of flows.values()) if (flow.expiresAt <= clock.now()) flows.delete(flow.id)
      const id = crypto.randomUUID()
      const flow: Flow = { id, name, state: 'preflight', csrfToken: randomText(), expiresAt: clock.now() + lifespan }
      flows.set(id, flow)
      return flow
    },
    find(id: string): Flow | undefined {
      const flow = flows.get(id)
      return flow !== undefined && flow.expiresAt > clock.now() ? flow : undefined
    },
  }
}
