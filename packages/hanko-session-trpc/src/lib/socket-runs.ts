import type { HankoAuthError, RequestAuth } from 'hanko-session'
import { toHttp } from './auth-error.ts'

/** The server's end of a WebSocket. */
export interface SocketLike {
  close(code: number): void
}

/**
 * By the auth of its context, which tRPC makes once per socket. A middleware has no other way to its socket: the context
 * is the user's, and a `RequestAuth` knows nothing of a transport.
 */
const sockets = new WeakMap<object, Socket>()

interface Socket {
  readonly end: SocketLike
  running: number
  /** Why a stream on it has ended with its session. */
  reason: HankoAuthError | undefined
}

/** Has the socket closed when a stream on it has ended with its session, and nothing else runs. */
export function closeWithSession(auth: RequestAuth<unknown>, end: SocketLike): void {
  sockets.set(auth, { end, running: 0, reason: undefined })
}

/** Counts a call among what runs on its socket, if it has one. */
export function countCall<T>(auth: RequestAuth<unknown>, call: () => Promise<T>): Promise<T> {
  const socket = sockets.get(auth)
  if (socket === undefined) return call()
  socket.running++
  return call().finally(() => leave(socket))
}

/** Counts a stream, until what this returns is called with the signal of its session: once, when it is over. */
export function countStream(auth: RequestAuth<unknown>): (session: AbortSignal) => void {
  const socket = sockets.get(auth)
  if (socket === undefined) return () => {}
  socket.running++
  socket.reason = undefined // whoever streams again is past that
  return (session) => {
    if (session.aborted) socket.reason = session.reason as HankoAuthError
    leave(socket)
  }
}

function leave(socket: Socket): void {
  socket.running--
  // In a task of its own: by then tRPC has sent the error.
  if (socket.running === 0 && socket.reason !== undefined) setTimeout(closeIfIdle, 0, socket)
}

/** Looked at again: a call may have come meanwhile, and one that streams takes the reason away. */
function closeIfIdle({ running, reason, end }: Socket): void {
  if (running > 0 || reason === undefined) return
  const { status } = toHttp(reason)
  end.close(status === 401 || status === 403 ? OF_GRAPHQL_WS + status : TRY_AGAIN_LATER)
}

/** 4401 signed out, 4403 may sign in again: as graphql-ws has them. */
const OF_GRAPHQL_WS = 4_000
/** This one is registered, for WebSockets of any kind. */
const TRY_AGAIN_LATER = 1013
