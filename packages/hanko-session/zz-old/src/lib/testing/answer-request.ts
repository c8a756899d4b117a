import { finish, notFound, refusal } from './answers.ts'
import { answerPreflight, withCors } from './cors.ts'
import { nameRoute, PUBLIC_ROUTES } from './emulator-routes.ts'
import type { createFaultRegistry } from './faults/fault-registry.ts'
import { answerUnderFaults } from './faults/faulty-answer.ts'
import type { createRequestLog } from './request-log.ts'
import { matchRoute } from './route-table.ts'
import { ADMIN_ROUTES } from './routes/admin.ts'
import { answerControl, CONTROL_PREFIX } from './routes/control.ts'
import type { Tenant, World } from './state/tenant.ts'

/** Which of the two APIs a request is for: Hanko has a port for each. */
export type EmulatorApi = 'public' | 'admin'

interface Parts {
  world: World
  tenants: ReadonlyMap<string, Tenant>
  faults: ReturnType<typeof createFaultRegistry>
  requests: ReturnType<typeof createRequestLog>
}

/** Where a request goes; `refused` when no tenant can be found (multi-tenant.txt). */
type Place = { path: string } & ({ tenant: Tenant } | { refused: Response })

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The whole way of a request: control, log, faults, tenant, CORS, handler. */
export function createAnswer({ world, tenants, faults, requests }: Parts) {
  const { settings, clock } = world

  function locate(pathname: string): Place {
    const [only] = tenants.values()
    if (!settings.multiTenant && only !== undefined) return { path: pathname, tenant: only }
    const [, id = '', ...rest] = pathname.split('/')
    if (!UUID.test(id)) return { path: pathname, refused: refusal(400, 'invalid tenant ID format') }
    const path = `/${rest.join('/')}`
    const tenant = tenants.get(id.toLowerCase())
    return tenant === undefined ? { path, refused: refusal(404, 'tenant not found') } : { path, tenant }
  }

  async function handle(api: EmulatorApi, request: Request, place: Place, databaseDown: boolean): Promise<Response> {
    // Tenants are looked up before CORS is: these answers carry no Vary.
    if ('refused' in place) return place.refused
    if (api === 'public' && request.method === 'OPTIONS') return answerPreflight(settings, request)
    const { path, tenant } = place
    const { handler, params } = matchRoute(api === 'admin' ? ADMIN_ROUTES : PUBLIC_ROUTES, request.method, path) ?? {
      handler: notFound,
      params: {},
    }
    const response = await handler({ world, tenant, request, url: new URL(request.url), params, databaseDown })
    return api === 'public' ? withCors(settings, request, response) : response
  }

  return async (api: EmulatorApi, request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url)
    if (api === 'admin' && pathname.startsWith(CONTROL_PREFIX))
      return answerControl({ clock, faults, requests }, request)
    const place = locate(pathname)
    const route = api === 'admin' ? 'admin' : nameRoute(place.path)
    requests.add({ method: request.method, path: pathname, route, at: clock.now() })
    // A fault in a preflight would show to a page as a CORS error: nothing that a test of an outage is about.
    if (api === 'public' && request.method === 'OPTIONS')
      return finish(await handle(api, request, place, false), 'OPTIONS')
    const answer = ({ down }: { down: boolean }): Promise<Response> => handle(api, request, place, down)
    const response = await answerUnderFaults(faults.meet(route), route, answer, request.signal)
    // An answer that a fault made up gets what Hanko's own errors have, or a page could not read its status.
    const bare = api === 'public' && !('refused' in place) && !response.headers.has('Vary')
    return finish(bare ? withCors(settings, request, response) : response, request.method)
  }
}
