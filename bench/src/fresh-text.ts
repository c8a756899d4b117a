/**
 * Makes a new string of known texts at each call, in turn: every request brings one whose hash is not known yet, and a
 * bench that uses one instance again and again is wrong by a factor of 30.
 */
export function createFreshText(texts: readonly string[]): () => string {
  const buffers = texts.map((text) => Buffer.from(text, 'latin1'))
  let at = 0
  return () => {
    at = at + 1 === buffers.length ? 0 : at + 1
    return (buffers[at] as Buffer).toString('latin1')
  }
}
