/** What is written, and so what its keys mean: another version is kept apart. */
const FORMAT = '1'

interface SessionKeys {
  readonly answer: string
  readonly tombstone: string
  readonly lease: string
}

export interface Keys {
  /** In one slot of a cluster: only the id is hashed. */
  ofSession(scope: string, sessionId: string): SessionKeys
  ofUser(scope: string, userId: string): string
  readonly bus: string
}

export function createKeys(prefix: string): Keys {
  const start = `${prefix}:${FORMAT}`
  return {
    ofSession(scope, sessionId) {
      const key = `${start}:${scope}:{${toPart(sessionId)}}`
      return { answer: `${key}:c`, tombstone: `${key}:t`, lease: `${key}:l` }
    },
    ofUser: (scope, userId) => `${start}:${scope}:{${toPart(userId)}}:u`,
    bus: `${start}:bus`,
  }
}

/** No id reaches beyond its place in a key or a value, whatever it holds. */
export const toPart = (id: string): string => encodeURIComponent(id)
