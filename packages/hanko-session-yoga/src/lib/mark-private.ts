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
  // Spelt as Yoga spells it: @whatwg-node/node-fetch finds it so at once, and otherwise in a table that it has to make.
  if (!consulted && !STREAM.test(response.headers.get('Content-Type') ?? '')) return
  try {
    setNoStore(response.headers)
  } catch {
    // Headers of a response that was fetched cannot be changed.
    const copy = new Response(response.body, response)
    setNoStore(copy.headers)
    answer.setResponse(copy)
  }
}

function setNoStore(headers: Headers): void {
  // Deleted first: `set` of @whatwg-node/node-fetch 0.8 adds a second header when the first is spelt otherwise, and one
  // that says `public` must not survive.
  if (headers.get('cache-control') !== null) headers.delete('cache-control')
  headers.set('cache-control', NO_STORE)
}

interface Answer {
  readonly response: Response
  setResponse(response: Response): void
}
