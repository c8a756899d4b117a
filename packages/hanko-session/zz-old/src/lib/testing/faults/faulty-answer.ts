import { internalError, refusal } from '../answers.ts'
import { toMilliseconds } from '../../duration.ts'
import type { EmulatorRoute } from '../request-log.ts'
import type { FaultsMet } from './fault-registry.ts'

/** The connection broke before an answer: the in-process fetch rejects, the server destroys the socket. */
export class ConnectionResetError extends Error {
  override readonly name = 'ConnectionResetError'
  readonly code = 'ECONNRESET'
  constructor() {
    super('The emulated Hanko broke the connection')
  }
}

/** How Hanko itself would answer, with its database up or down. */
export type TrueAnswer = (database: { down: boolean }) => Promise<Response>

/** The answer to a request that meets these faults. Rejects with `signal.reason` when the caller gives up. */
export async function answerUnderFaults(
  met: FaultsMet,
  route: EmulatorRoute,
  answer: TrueAnswer,
  signal: AbortSignal,
): Promise<Response> {
  for (const by of met.latencies) await wait(toMilliseconds(by, 'latency'), signal)
  signal.throwIfAborted()
  const { fault } = met
  switch (fault?.kind) {
    case 'hang':
      return hang(signal)
    case 'status': {
      const headers = { 'Content-Type': 'application/json', ...fault.headers }
      if (fault.body === undefined) return merge(refusal(fault.status, `status ${fault.status}`), fault.status, headers)
      return merge(new Response(fault.body), fault.status, headers)
    }
    case 'reset':
      if (fault.at === 'body') return breakHalfWay(await answer({ down: false }))
      throw new ConnectionResetError()
    case 'malformed':
      return new Response(fault.body, { headers: { 'Content-Type': fault.contentType ?? 'application/json' } })
    case 'endless':
      return new Response(endless(signal), { headers: { 'Content-Type': 'application/json' } })
    case 'redirect':
      return new Response(null, { status: fault.status ?? 307, headers: { Location: fault.to } })
    case 'database':
      if (fault.state === 'sessions-missing' && route === 'validate') return internalError()
      return answer({ down: fault.state === 'down' })
    case 'stale-cache': {
      const stored = await answer({ down: false })
      stored.headers.set('Age', String(fault.age))
      return stored
    }
    default:
      return answer({ down: false })
  }
}

function merge(response: Response, status: number, headers: Record<string, string>): Response {
  const empty = status === 204 || status === 205 || status === 304
  return new Response(empty ? null : response.body, { status, headers })
}

/** Resolves after `ms`; rejects as soon as the caller gives up. */
function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error)
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort)
      resolve()
    }, ms)
    function abort(): void {
      clearTimeout(timer)
      reject(signal.reason as Error)
    }
    signal.addEventListener('abort', abort, { once: true })
  })
}

function hang(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
}

async function breakHalfWay(response: Response): Promise<Response> {
  const bytes = new Uint8Array(await response.arrayBuffer())
  let sent = false
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent) return controller.error(new ConnectionResetError())
      sent = true
      controller.enqueue(bytes.subarray(0, Math.ceil(bytes.length / 2)))
    },
  })
  return new Response(body, { status: response.status, headers: response.headers })
}

function endless(signal: AbortSignal): ReadableStream<Uint8Array> {
  const chunk = new Uint8Array(16_384).fill(0x20)
  // Made only when there is room for it, so that nothing piles up between emulator and reader.
  return new ReadableStream<Uint8Array>({
    start(controller) {
      signal.addEventListener('abort', () => controller.error(signal.reason), { once: true })
    },
    pull(controller) {
      controller.enqueue(chunk)
    },
  })
}
