import type { Connection } from './to-connection.ts'

/** Runs a script by its name, and in full where Redis does not know it yet: after a restart, or on another server. */
export type RunScript = (
  script: string,
  keys: readonly [string, ...string[]],
  args?: readonly string[],
) => Promise<unknown>

export function createRunScript(connection: Connection): RunScript {
  const digests = new Map<string, Promise<string>>()

  function digestOf(script: string): Promise<string> {
    const known = digests.get(script) ?? toSha1(script)
    digests.set(script, known)
    return known
  }

  return async (script, keys, args = []) => {
    const rest = [String(keys.length), ...keys, ...args]
    try {
      return await connection.send(keys[0], 'EVALSHA', await digestOf(script), ...rest)
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
      return connection.send(keys[0], 'EVAL', script, ...rest)
    }
  }
}

/** How Redis names scripts: no secret hangs on it. */
async function toSha1(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-1', new TextEncoder().encode(text)))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
