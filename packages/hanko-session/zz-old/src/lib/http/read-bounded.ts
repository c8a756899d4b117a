/** A body that is larger than allowed. */
export const TOO_LARGE = Symbol('too large')

/**
 * Reads a body as text, at most `limit` decoded bytes of it: counted as they arrive, so that a small
 * compressed body cannot become a large one in memory. Anything over is cancelled, not read; so is the rest
 * when the signal aborts, because a `fetch` that knows nothing of signals would go on for ever.
 */
export async function readBounded(
  body: ReadableStream<Uint8Array> | null | undefined,
  limit: number,
  signal?: AbortSignal,
): Promise<string | typeof TOO_LARGE> {
  if (!body) return ''
  const reader = body.getReader()
  const decoder = new TextDecoder()
  const onAbort = (): void => discard(reader)
  if (signal?.aborted) onAbort()
  signal?.addEventListener('abort', onAbort)
  try {
    let text = ''
    let bytes = 0
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return text + decoder.decode()
      bytes += value.byteLength
      if (bytes > limit) {
        discard(reader)
        return TOO_LARGE
      }
      text += decoder.decode(value, { stream: true })
    }
  } finally {
    signal?.removeEventListener('abort', onAbort)
  }
}

/** Lets go of a body nobody will read, so that its connection is closed or free again. */
export function discard(body: { cancel(): Promise<void> } | null | undefined): void {
  body?.cancel().catch(() => {}) // it may have failed already; that changes nothing
}
