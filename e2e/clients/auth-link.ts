import { ApolloLink, Observable } from '@apollo/client'
import { createAuthCalls, type RetryOptions } from 'hanko-session-yoga/client'

/** Waits out outages, tells the app of a sign-out, asks it for a new sign-in. It stands just before `HttpLink`. */
export function createAuthLink(options: RetryOptions): ApolloLink {
  const calls = createAuthCalls(options)
  return new ApolloLink(
    (operation, forward) =>
      new Observable((observer) => {
        const call = calls.begin(operation.operationType)
        let current: { unsubscribe(): void } | undefined
        let isOver = false

        function send(): void {
          let isWaiting = false
          operation.extensions = { ...operation.extensions, ...call.send() }
          operation.setContext(({ http }) => ({ http: { ...http, includeExtensions: true } }))
          current = forward(operation).subscribe({
            next(result) {
              const answer = call.judge(result)
              if (answer === undefined) return observer.next(result)
              isWaiting = true
              void wait(answer, result)
            },
            error: (error) => observer.error(error),
            complete: () => isWaiting || observer.complete(),
          })
        }

        async function wait(answer: Promise<boolean>, result: ApolloLink.Result): Promise<void> {
          try {
            const isAgain = await answer
            if (isOver) return
            if (isAgain) return send()
            observer.next(result)
            observer.complete()
          } catch (thrown) {
            observer.error(thrown)
          }
        }

        send()
        return () => {
          isOver = true
          current?.unsubscribe()
        }
      }),
  )
}
