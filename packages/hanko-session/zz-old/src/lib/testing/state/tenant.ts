import type { EmulatorClock } from '../emulator-clock.ts'
import type { EmulatorSettings } from '../emulator-options.ts'
import type { FlowStore } from '../flow/flow-store.ts'
import type { KeyRing } from '../key-ring.ts'
import type { WebhookSender } from '../webhooks.ts'
import type { SessionStore } from './sessions.ts'
import type { UserStore } from './users.ts'

/** Everything that belongs to one tenant; a single-tenant Hanko has exactly one. */
export interface Tenant {
  id: string
  keys: KeyRing
  users: UserStore
  sessions: SessionStore
  flows: FlowStore
}

/** What all tenants share. */
export interface World {
  settings: EmulatorSettings
  clock: EmulatorClock
  webhooks: WebhookSender
}

/** One request on its way to its handler. */
export interface Exchange {
  world: World
  tenant: Tenant
  request: Request
  url: URL
  /** What stood for `:name` in the route. */
  params: Record<string, string>
  /** Hanko's database does not answer for this request. */
  databaseDown: boolean
}

export type Handler = (exchange: Exchange) => Response | Promise<Response>
