import { isHankoAuthError, type RequestAuth, type SessionWatch } from 'hanko-session'
import { toCode } from './auth-error.ts'

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
  reason: unknown
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

/** Counts a stream, until it is released. */
export function countStream(auth: RequestAuth<unknown>, watch: SessionWatch<unknown>): SessionWatch<unknown> {
  const socket = sockets.get(auth)
  if (socket === undefined) return watch
  let isOver = false
  socket.running++
  socket.reason = undefined // whoever streams again is past that
  return {
    ...watch,
    release() {
      watch.release()
      if (isOver) return
      isOver = true
      if (watch.signal.aborted) socket.reason = watch.signal.reason
      leave(socket)
    },
  }
}

function leave(socket: Socket): void {
  socket.running--
  // In a task of its own: by then tRPC has sent the error.
  if (socket.running === 0 && socket.reason !== undefined) setTimeout(closeIfIdle, 0, socket)
}

function closeIfIdle({ running, reason, end }: Socket): void {
  if (running > 0) return
  const code = isHankoAuthError(reason) ? toCode(reason) : undefined
  end.close(code === 'UNAUTHORIZED' ? 4401 : code === 'FORBIDDEN' ? 4403 : TRY_AGAIN_LATER)
}

/** The other two are those of graphql-ws; this one is registered, for WebSockets of any kind. */
const TRY_AGAIN_LATER = 1013
