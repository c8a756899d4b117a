import { type BusMessage, isOlderId, readMessage, readMessages } from './bus-messages.ts'
import type { Connection, OpenConnection } from './to-connection.ts'

/** Listens to the announcements of all processes, on a connection of its own, for as long as it is open. */
export interface BusListener {
  /** Of every message, in order; the next one is not told of before this is done. */
  readonly onMessage: (text: string) => Promise<void>
  /** Some may not have been told of. Also said when telling begins. */
  readonly onMissed: () => void
}

/** How long Redis holds a question for news, and how long an answer may take then, in milliseconds. */
const [BLOCK, PATIENCE] = [5_000, 3_000]
const [FIRST_WAIT, LONGEST_WAIT] = [50, 2_000]

/** @returns ends it */
export function listenToBus(main: Connection, key: string, { onMessage, onMissed }: BusListener): () => void {
  const over = new AbortController()
  const isOver = (): boolean => over.signal.aborted
  let open: OpenConnection | undefined
  let wake = (): void => {}
  /** The message that was last told of; `undefined` before telling begins. */
  let position: Pick<BusMessage, 'id' | 'number'> | undefined
  let server: string | undefined

  /** Whether all that came since is still there to be read, now that the connection is a new one. */
  async function greet(connection: OpenConnection): Promise<void> {
    const current = main.isCluster ? undefined : await findServer(connection, key)
    const [entry] = (await within(
      PATIENCE,
      connection.send(key, 'XREVRANGE', key, '+', '-', 'COUNT', '1'),
    )) as unknown[]
    const last = entry === undefined ? { id: '0-0', number: 0 } : readMessage(entry)
    const isContinued =
      position !== undefined &&
      current !== undefined &&
      current === server &&
      !isOlderId(last.id, position.id) &&
      last.number >= position.number
    server = current
    if (isContinued) return
    position = last
    onMissed()
  }

  async function tell(messages: readonly BusMessage[]): Promise<void> {
    for (const { id, number, text } of messages) {
      const isNext = number === (position?.number ?? 0) + 1
      position = { id, number }
      if (!isNext) onMissed()
      await onMessage(text)
    }
  }

  async function follow(connection: OpenConnection, onHeard: () => void): Promise<void> {
    await greet(connection)
    while (!isOver()) {
      onHeard()
      const from = position?.id ?? '0-0'
      const news = connection.send(key, 'XREAD', 'COUNT', '1000', 'BLOCK', String(BLOCK), 'STREAMS', key, from)
      await tell(readMessages(await within(BLOCK + PATIENCE, news)))
    }
  }

  async function run(): Promise<void> {
    let wait = FIRST_WAIT
    while (!isOver()) {
      try {
        open = await openInTime(main)
        if (!isOver()) await follow(open, () => (wait = FIRST_WAIT))
      } catch {
        // It is tried anew, and found out then what was missed.
      }
      open?.close()
      open = undefined
      if (isOver()) return
      await new Promise<void>((resolve) => {
        wake = resolve
        const timer = setTimeout(resolve, wait * (0.5 + Math.random()))
        // No reason to keep a process.
        ;(timer as { unref?: () => void }).unref?.()
      })
      wait = Math.min(wait * 2, LONGEST_WAIT)
    }
  }

  void run()
  return () => {
    over.abort()
    open?.close()
    wake()
  }
}

async function openInTime(main: Connection): Promise<OpenConnection> {
  const opening = main.open()
  try {
    return await within(PATIENCE, opening)
  } catch (error) {
    opening.then((late) => late.close()).catch(() => {})
    throw error
  }
}

/** Which server answers. A replica that took over may not have all that the one before it had. */
async function findServer(connection: Connection, key: string): Promise<string | undefined> {
  const info = await within(PATIENCE, connection.send(key, 'INFO', 'server')).catch(() => undefined)
  return typeof info === 'string' ? /^run_id:(\w+)/m.exec(info)?.[1] : undefined
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const isLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('Redis did not answer in time')), milliseconds)
  })
  return Promise.race([work, isLate]).finally(() => clearTimeout(timer))
}
