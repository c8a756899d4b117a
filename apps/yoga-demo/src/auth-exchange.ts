import { CombinedError, type Exchange, makeOperation, type Operation, type OperationResult } from '@urql/core'
import { type AuthCall, createAuthCalls, type RetryOptions } from 'hanko-session-yoga/client'
import { filter, makeSubject, map, merge, pipe } from 'wonka'

/** Waits out outages, tells the app of a sign-out, asks it for a new sign-in. It stands just before `fetchExchange`. */
export function authExchange(options: RetryOptions): Exchange {
  return ({ forward }) => {
    const calls = createAuthCalls(options)
    /** Of the queries that somebody waits for. */
    const current = new Map<number, AuthCall>()
    const again = makeSubject<Operation>()
    const ended = makeSubject<OperationResult>()

    function send(operation: Operation, call: AuthCall): Operation {
      const extensions = { ...operation.extensions, ...call.send() }
      return makeOperation(operation.kind, { ...operation, extensions }, { ...operation.context, authCall: call })
    }

    function begin(operation: Operation): Operation {
      if (operation.kind === 'teardown') {
        current.delete(operation.key)
        return operation
      }
      const call = calls.begin(operation.kind)
      if (operation.kind === 'query') current.set(operation.key, call)
      return send(operation, call)
    }

    async function wait(answer: Promise<boolean>, result: OperationResult, call: AuthCall): Promise<void> {
      let final = result
      const isAgain = await answer.catch((thrown: Error) => {
        final = { ...result, error: new CombinedError({ networkError: thrown }) }
        return false
      })
      const { operation } = result
      if (operation.kind === 'query' && current.get(operation.key) !== call) return // nobody waits for it any more
      if (isAgain) again.next(send(operation, call))
      else ended.next(final)
    }

    return (operations$) => {
      const results$ = pipe(
        merge([pipe(operations$, map(begin)), again.source]),
        forward,
        filter((result) => {
          const call = result.operation.context['authCall'] as AuthCall
          const answer = call.judge({ data: result.data, errors: result.error?.graphQLErrors })
          if (answer !== undefined) void wait(answer, result, call)
          return answer === undefined
        }),
      )
      return merge([results$, ended.source])
    }
  }
}
