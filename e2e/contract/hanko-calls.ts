import type { ContractTarget } from './contract-target.ts'

/** An answer, read whole. */
export interface Answer {
  status: number
  headers: Headers
  body: unknown
}

export async function call(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, { redirect: 'manual', ...init })
  const text = await response.text()
  const isJson = response.headers.get('Content-Type')?.startsWith('application/json') === true && text !== ''
  return { status: response.status, headers: response.headers, body: isJson ? (JSON.parse(text) as unknown) : text }
}

const postText = (url: string, body: string): Promise<Answer> =>
  call(url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })
const postJson = (url: string, body: unknown): Promise<Answer> => postText(url, JSON.stringify(body))

export const postValidate = ({ apiUrl }: ContractTarget, token: unknown): Promise<Answer> =>
  postJson(`${apiUrl}/sessions/validate`, { session_token: token })
export const postValidateBody = ({ apiUrl }: ContractTarget, body: string): Promise<Answer> =>
  postText(`${apiUrl}/sessions/validate`, body)
export const getValidate = ({ apiUrl }: ContractTarget, headers: Record<string, string>): Promise<Answer> =>
  call(`${apiUrl}/sessions/validate`, { headers })

/** A new user with one verified address. */
export async function createUser({ adminUrl }: ContractTarget): Promise<{ userId: string; email: string }> {
  const email = `contract-${crypto.randomUUID()}@example.com`
  const { body } = await postJson(`${adminUrl}/users`, {
    emails: [{ address: email, is_primary: true, is_verified: true }],
  })
  return { userId: (body as { id: string }).id, email }
}

/** A session as the admin API makes it. */
export async function createSession({ adminUrl }: ContractTarget, userId: string): Promise<string> {
  const { body } = await postJson(`${adminUrl}/sessions`, { user_id: userId })
  return (body as { session_token: string }).session_token
}

/** A new user and a session of theirs. */
export async function signIn(target: ContractTarget): Promise<{ token: string; userId: string; email: string }> {
  const user = await createUser(target)
  return { ...user, token: await createSession(target, user.userId) }
}

export function decodePart(token: string, part: 0 | 1): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[part] ?? '', 'base64url').toString()) as Record<string, unknown>
}

/** A part of a token with one claim more; whose signature no longer fits. */
export function encodePart(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

export { postJson }
