import type { RefusedFor } from 'hanko-session'
import { CODES, type GraphQLCode } from './error-codes.ts'

/** 4401 and 4403 as graphql-ws has them, whose clients come back after all but 4401; 1013 is "try again later". */
const CLOSE: Record<GraphQLCode, readonly [number, string]> = {
  UNAUTHENTICATED: [4401, 'Signed out'],
  BAD_REQUEST: [4401, 'Signed out'],
  FORBIDDEN: [4403, 'Sign in again'],
  SERVICE_UNAVAILABLE: [1013, 'Try again later'],
  GATEWAY_TIMEOUT: [1013, 'Try again later'],
}

/** What the recipes for graphql-ws put on the context, as far as it matters here. */
interface SocketContext {
  readonly socket?: { close?: unknown } | undefined
  readonly extra?: { readonly socket?: { close?: unknown } | undefined } | undefined
  /** Everything that runs on the socket. */
  readonly subscriptions?: Readonly<Record<string, unknown>> | undefined
}

/** How long after the end of a stream its socket may still be busy saying so, in milliseconds. */
const LOOKS = [0, 100, 1_000]

/**
 * Closes the socket of a stream whose session has ended, when nothing else runs on it. A socket of which it cannot be
 * told what runs on it is left alone.
 */
export function closeSocketWhenIdle(context: unknown, { reason }: RefusedFor): void {
  const { socket: direct, extra, subscriptions } = (context ?? {}) as SocketContext
  const socket = direct ?? extra?.socket
  if (typeof socket?.close !== 'function' || typeof subscriptions !== 'object') return
  const close = socket.close.bind(socket) as (code: number, reason: string) => void
  const look = ([wait, ...later]: readonly number[]): void => {
    if (wait === undefined) return
    setTimeout(() => {
      if (Object.keys(subscriptions).length > 0) look(later)
      else close(...CLOSE[CODES[reason]])
    }, wait)
  }
  look(LOOKS)
}
