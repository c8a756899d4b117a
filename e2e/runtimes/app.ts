// One app for every runtime that serves a default export with `fetch`: Workers, Bun (`bun app.mjs`), Deno (`deno serve`).
import { createSessionValidator, requireSession } from 'hanko-session'

/** Written in when it is bundled: a Worker need not have `process.env`. */
declare const API_URL: string
/** Of the runtime, where it has one. */
declare const waitUntil: ((work: Promise<unknown>) => void) | undefined

const hanko = createSessionValidator({
  apiUrl: API_URL,
  ...(waitUntil === undefined ? {} : { waitUntil }),
  maxStaleness: 0,
  // So that requests meet in the line.
  limits: { maxInFlight: 2 },
  // Problems show in the answers; what it warns of is the test's own doing.
  logger: { debug() {}, info() {}, warn() {}, error() {} },
})

const me = requireSession(hanko, (_request, session) => Response.json({ id: session.userId }))

/** Says that it is open, and in the end why it ended. */
async function openStream(request: Request): Promise<Response> {
  const watch = await hanko.forRequest(request).watch()
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
  const writer = writable.getWriter()
  // Its client may have gone.
  const say = (text = ''): Promise<void> => writer.write(new TextEncoder().encode(text)).catch(() => {})
  watch.signal.addEventListener('abort', () => {
    void say(watch.refusal()?.reason)
    writer.close().catch(() => {})
    watch.release()
  })
  void say('open ')
  return new Response(readable)
}

// oxlint-disable-next-line import/no-default-export -- how these runtimes take an app
export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url)
    if (pathname === '/stream') return openStream(request)
    if (pathname === '/revoke') {
      hanko.revoke({ sessionId: search.slice(1) })
      return new Response('done')
    }
    if (pathname !== '/early') return me(request)
    // It is over before its check is: whatever it has begun ends with it.
    void hanko.authenticate(request)
    return new Response('gone')
  },
}
