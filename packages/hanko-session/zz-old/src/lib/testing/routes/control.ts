import { json, noContent, notFound, refusal } from '../answers.ts'
import type { Duration } from '../../duration.ts'
import type { EmulatorClock } from '../emulator-clock.ts'
import type { EmulatorFaults } from '../faults/fault-registry.ts'
import type { Fault, FaultTarget } from '../faults/fault-types.ts'
import { parseObject } from '../lenient-jws.ts'
import type { RequestLog } from '../request-log.ts'
import { controlPage } from './control-page.ts'

/** Under this path of the admin server the emulator itself is controlled. No real Hanko has it. */
export const CONTROL_PREFIX = '/_emulator/'

/** What can be controlled over HTTP. */
export interface Controls {
  clock: EmulatorClock
  faults: EmulatorFaults
  requests: RequestLog
}

/**
 * - `GET /_emulator/`: a page with the switches
 * - `POST /_emulator/faults` `{"target":"all","faults":[{"kind":"database","state":"down"}]}`; `GET` lists, `DELETE` ends all
 * - `POST /_emulator/clock` `{"advance":"5m"}`; `GET` tells `{"now":ms}`
 * - `GET /_emulator/requests`, `DELETE /_emulator/requests`
 */
export async function answerControl({ clock, faults, requests }: Controls, request: Request): Promise<Response> {
  const path = new URL(request.url).pathname.slice(CONTROL_PREFIX.length)
  try {
    switch (`${request.method} ${path}`) {
      case 'GET ':
        return controlPage()
      case 'GET faults':
        return json(200, faults.active())
      case 'POST faults': {
        const body = await readBody(request)
        faults.set((body['target'] ?? 'all') as FaultTarget, ...((body['faults'] ?? [body['fault']]) as Fault[]))
        return json(200, faults.active())
      }
      case 'DELETE faults':
        faults.clear()
        return noContent()
      case 'GET clock':
        return json(200, { now: clock.now() })
      case 'POST clock':
        clock.advance((await readBody(request))['advance'] as Duration)
        return json(200, { now: clock.now() })
      case 'GET requests':
        return json(200, requests.entries)
      case 'DELETE requests':
        requests.clear()
        return noContent()
      default:
        return notFound()
    }
  } catch (error) {
    if (error instanceof TypeError) return refusal(400, error.message)
    throw error
  }
}

async function readBody(request: Request): Promise<Record<string, unknown>> {
  const body = parseObject(await request.text())
  if (body === undefined) throw new TypeError('The body must be a JSON object')
  return body
}
