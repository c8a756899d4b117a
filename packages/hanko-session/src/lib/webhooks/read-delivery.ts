import { readBounded, TOO_LARGE } from '../http/read-bounded.ts'
import { parseStrictJson } from '../token/strict-json.ts'
import type { WebhookRefusal } from './webhook-answer.ts'

/** Bytes, as they arrive. */
const LIMIT = 64 * 1_024

/**
 * The token that a delivery brings. The `event` beside it is signed by nobody, so it is not looked at.
 *
 * @param signal aborts when the sender has had its time
 */
export async function readDelivery(
  request: Request,
  signal: AbortSignal,
): Promise<{ readonly token: string } | WebhookRefusal> {
  if (request.method !== 'POST') return 'wrong_method'
  const [type = ''] = (request.headers.get('content-type') ?? '').split(';', 1)
  if (type.trim().toLowerCase() !== 'application/json') return 'wrong_content_type'
  // Some frameworks read it before anybody asks.
  if (request.bodyUsed) return 'body_used'
  const text = await readBounded(request.body, LIMIT, signal).catch(() => '')
  if (text === TOO_LARGE) return 'too_large'
  if (signal.aborted) return 'too_slow'
  const token = parseStrictJson(text)?.['token']
  return typeof token === 'string' ? { token } : 'malformed_body'
}
