/** Why a delivery was not taken. */
export type WebhookRefusal =
  | 'wrong_method'
  | 'wrong_content_type'
  | 'too_large'
  | 'too_slow'
  | 'malformed_body'
  | 'body_used'
  | 'not_genuine'
  | 'malformed_event'
  | 'keys_unavailable'

interface Line {
  readonly status: number
  readonly title: string
  readonly detail: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Nothing of the delivery is in an answer. */
const LINES: Readonly<Record<WebhookRefusal, Line>> = {
  wrong_method: {
    status: 405,
    title: 'Method Not Allowed',
    detail: 'Webhooks are sent by POST.',
    headers: { allow: 'POST' },
  },
  wrong_content_type: { status: 415, title: 'Unsupported Media Type', detail: 'Webhooks are application/json.' },
  too_large: { status: 413, title: 'Content Too Large', detail: 'Webhooks have at most 64 KiB.' },
  too_slow: { status: 400, title: 'Bad Request', detail: 'The body did not arrive in time.' },
  malformed_body: { status: 400, title: 'Bad Request', detail: 'The body must be a JSON object with a token.' },
  body_used: { status: 400, title: 'Bad Request', detail: 'The body was read by something else.' },
  not_genuine: {
    status: 401,
    title: 'Unauthorized',
    detail: 'The token is not a webhook of this Hanko, or too old.',
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
  },
  malformed_event: { status: 400, title: 'Bad Request', detail: 'The token holds no event.' },
  keys_unavailable: {
    status: 503,
    title: 'Service Unavailable',
    detail: 'The keys of Hanko cannot be had. Try again shortly.',
    headers: { 'retry-after': '1' },
  },
}

/** As `application/problem+json` (RFC 9457). */
export function refuseWebhook(refusal: WebhookRefusal): Response {
  const { status, title, detail, headers } = LINES[refusal]
  return new Response(JSON.stringify({ type: 'about:blank', title, status, detail }), {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
  })
}

/** 200 to the letter: what else counts as success differs between Hanko's versions. */
export function takeWebhook(): Response {
  return new Response(null, { status: 200, headers: { 'cache-control': 'no-store' } })
}
