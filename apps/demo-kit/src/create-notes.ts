export interface Note {
  readonly id: number
  readonly text: string
}

export interface Notes {
  list(userId: string): readonly Note[]
  /** Longer texts are cut. */
  add(userId: string, text: string): Note
  /** Deletes all of a user's notes, and says how many there were. */
  clear(userId: string): number
  /** Everybody's, by user. */
  listAll(): { readonly userId: string; readonly notes: readonly Note[] }[]
}

export const MAX_NOTE_LENGTH = 200
const NOTES_PER_USER = 50
const USERS = 1_000

/** Notes of each user, in memory and bounded: of a user, and of users, the oldest make room. */
export function createNotes(): Notes {
  const byUser = new Map<string, Note[]>()
  let lastId = 0

  return {
    list: (userId) => [...(byUser.get(userId) ?? [])],
    clear(userId) {
      const { length } = byUser.get(userId) ?? []
      byUser.delete(userId)
      return length
    },
    listAll: () => [...byUser].map(([userId, notes]) => ({ userId, notes: [...notes] })),
    add(userId, text) {
      const note = { id: ++lastId, text: text.slice(0, MAX_NOTE_LENGTH) }
      const notes = [...(byUser.get(userId) ?? []), note].slice(-NOTES_PER_USER)
      byUser.delete(userId) // to come last in the map, which is the order in which users make room
      byUser.set(userId, notes)
      for (const oldest of byUser.keys()) {
        if (byUser.size <= USERS) break
        byUser.delete(oldest)
      }
      return note
    },
  }
}
