import type { Entry } from '../cache/memory.ts'
import type { Landed, Subject } from './flights.ts'

/** What a session that was found rests on: whom Hanko can be asked about again, and when it last was. */
export interface Basis extends Landed {
  readonly subject: Subject
}

/** The same as memory has it: next to nothing to make, because every hit has one and few are asked for it. */
export interface Remembered {
  readonly text: string
  readonly entry: Entry
}

export function toBasis(basis: Basis | Remembered | undefined): Basis | undefined {
  if (basis === undefined || 'subject' in basis) return basis
  const { entry, text } = basis
  const { confirmedWall: wall, confirmedMonotonic: monotonic, confirmedOrder: order, livesFor } = entry
  return { subject: toKnownSubject(entry, text), order, sentAt: { wall, monotonic }, idlesAfter: livesFor }
}

/** A session that memory knows, however old the answer: its signature need not be checked again. */
export function toKnownSubject(entry: Entry, text: string): Subject {
  return { text, identity: entry, key: entry.key, toState: () => Promise.resolve(entry.state) }
}
