const NO_STORE = 'private, no-store'
const STREAM = /^(?:text\/event-stream|multipart\/mixed)\b/

/** What a response cache answers gets no further than its key. */
const lookedUp = new WeakSet<object>()

/** Notes that a session was looked up for a request, whoever answers it. */
export function noteLookUp(request: object): void {
  lookedUp.add(request)
}

export const wasLookedUp = (request: object): boolean => lookedUp.has(request)

/**
 * Marks an answer that a session was looked up for as one that no cache may keep. Headers of a stream leave before its
 * resolvers ran, so every stream is marked.
 */
export function markPrivate(answer: Answer, consulted: boolean): void {
  const { response } = answer
  if (!consulted && !STREAM.test(response.headers.get('content-type') ?? '')) return
  try {
    // Deleted first: `set` of @whatwg-node/node-fetch 0.8 adds a second header when the first is spelt otherwise, and
    // one that says `public` must not survive.
    response.headers.delete('cache-control')
    response.headers.set('cache-control', NO_STORE)
  } catch {
    // Headers of a response that was fetched cannot be changed.
    const copy = new Response(response.body, response)
    copy.headers.set('cache-control', NO_STORE)
    answer.setResponse(copy)
  }
}

interface Answer {
  readonly response: Response
  setResponse(response: Response): void
}
