/** A message of the bus: where it stands, its number, and what it says. */
export interface BusMessage {
  readonly id: string
  /** One more than that of the message before; `NaN` for what nobody of ours has written. */
  readonly number: number
  readonly text: string
}

/** What XREAD answers, in the shape of any client: pairs, a flat list, an object or a map. `null`: nothing came. */
export function readMessages(reply: unknown): BusMessage[] {
  const entries = findEntries(reply)
  return Array.isArray(entries) ? entries.map(readMessage) : []
}

function findEntries(reply: unknown): unknown {
  if (reply instanceof Map) return [...reply.values()][0]
  if (Array.isArray(reply)) {
    const [first, second] = reply as unknown[]
    return Array.isArray(first) ? (first as unknown[])[1] : second
  }
  return typeof reply === 'object' && reply !== null ? Object.values(reply)[0] : undefined
}

/** An entry of a stream: its id, then names and values in turn. */
export function readMessage(entry: unknown): BusMessage {
  const [id, fields] = Array.isArray(entry) ? (entry as unknown[]) : []
  const [, number, , text] = Array.isArray(fields) ? (fields as unknown[]) : []
  return {
    id: String(id),
    number: typeof number === 'string' && /^\d{1,15}$/.test(number) ? Number(number) : Number.NaN,
    text: typeof text === 'string' ? text : '',
  }
}

/** Whether an id of a stream is older than another: two numbers, of milliseconds and within one. */
export function isOlderId(one: string, other: string): boolean {
  const [[time = 0, place = 0], [otherTime = 0, otherPlace = 0]] = [one, other].map((id) =>
    id.split('-').map(Number),
  ) as [number[], number[]]
  return time < otherTime || (time === otherTime && place < otherPlace)
}
