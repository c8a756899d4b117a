import { type Call, createJudge, type RetryOptions } from 'hanko-session/client'
import { RESEND_EXTENSION } from '../resend-extension.ts'
import { readRefusal } from './auth-error-of.ts'

export type { RetryOptions } from 'hanko-session/client'

export interface AuthCalls {
  /** For one operation, however often it is sent. */
  begin(kind: 'query' | 'mutation' | 'subscription'): AuthCall
}

export interface AuthCall {
  /** To be called whenever the operation is sent. @returns what belongs to its `extensions`, so that the server checks it */
  send(): Readonly<Record<string, string>>
  /**
   * Whether to send the operation again, or `undefined` when that is out of the question and the result stands. It
   * rejects with what `onStepUp` threw.
   */
  judge(result: GraphQLResult): Promise<boolean> | undefined
}

/** As the server sent it: what has no `data` at all was refused before anything ran. */
export interface GraphQLResult {
  readonly data?: unknown
  readonly errors?: readonly unknown[] | undefined
}

/**
 * What a GraphQL client does about refusals of `useHankoSession`: it waits out a short outage of the sign-in service,
 * tells the app once that the user is signed out, and asks it once for a new sign-in where one is needed, after which
 * the same user's operations are sent again. One for each client, used by its exchange or link: the recipes for urql
 * and Apollo Client are in this project's `docs/clients`.
 *
 * Nothing is sent again that may have had an effect: queries, and mutations that were refused before any resolver ran.
 * Subscriptions are left to the client's transport; the app hears why one ended.
 *
 * @throws {TypeError} that names the option
 * @example
 * ```ts
 * import { createAuthCalls } from 'hanko-session-yoga/client'
 *
 * const calls = createAuthCalls({ onSignedOut: () => location.assign('/sign-in') })
 *
 * export async function ask(query: string): Promise<unknown> {
 *   const call = calls.begin('query')
 *   for (;;) {
 *     const body = JSON.stringify({ query, extensions: call.send() })
 *     const headers = { 'content-type': 'application/json' }
 *     const result = await (await fetch('/graphql', { method: 'POST', headers, body })).json()
 *     if ((await call.judge(result)) !== true) return result
 *   }
 * }
 * ```
 */
export function createAuthCalls(options: RetryOptions): AuthCalls {
  const judge = createJudge(options)
  return {
    begin(kind) {
      const call: Call = { marker: undefined, retries: 0 }
      let sentAt = judge.now()
      return {
        send() {
          sentAt = judge.now()
          return call.marker === undefined ? {} : { [RESEND_EXTENSION]: call.marker }
        },
        judge({ data, errors }) {
          const refusal = readRefusal({ errors })
          if (refusal === undefined) return undefined
          const { problem, auth } = refusal
          const hadNoEffect = kind === 'query' || (kind === 'mutation' && data === undefined && auth !== undefined)
          return judge.judge(
            call,
            { problem, mayRetry: hadNoEffect, mayResend: hadNoEffect, resend: auth?.resend },
            sentAt,
          )
        },
      }
    },
  }
}
