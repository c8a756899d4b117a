import { randomText, toGoJson } from './wire-format.ts'

/** A JSON answer. Hanko ends each with a newline (its Content-Length counts it). */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(`${toGoJson(body)}\n`, { status, headers: { 'Content-Type': 'application/json', ...headers } })
}

/** Hanko's shape of a refusal outside flows. */
export function refusal(status: number, message: string): Response {
  return json(status, { code: status, message })
}

export const notFound = (): Response => refusal(404, 'Not Found')
export const unauthorized = (): Response => refusal(401, 'Unauthorized')
export const internalError = (): Response => refusal(500, 'Internal Server Error')
export const noContent = (): Response => new Response(null, { status: 204 })

/** What every answer carries, and what an answer to HEAD leaves out (validate.txt, "HEAD validate"). */
export function finish(response: Response, method: string): Response {
  const headers = new Headers(response.headers)
  headers.set('X-Request-Id', randomText())
  if (method !== 'HEAD') return new Response(response.body, { status: response.status, headers })
  headers.delete('Content-Type')
  return new Response(null, { status: response.status, headers })
}
