import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/**
 * `cut`: connections break, and new ones too. `frozen`: they stay open, and nothing comes through until it is over.
 * A number delays every piece by so many milliseconds.
 */
type ProxyState = 'open' | 'cut' | 'frozen' | number

/** One node's way to one server. */
export interface FaultProxy {
  readonly port: number
  set(state: ProxyState): void
  close(): Promise<void>
}

export async function startFaultProxy(target: () => number): Promise<FaultProxy> {
  let state: ProxyState = 'open'
  const pairs = new Set<{ readonly sockets: readonly [Socket, Socket]; readonly thaw: (() => void)[] }>()

  const server = createServer({ noDelay: true }, (near) => {
    if (state === 'cut') {
      near.destroy()
      return
    }
    const far = connect({ port: target(), host: '127.0.0.1', noDelay: true })
    const pair = { sockets: [near, far] as const, thaw: [] as (() => void)[] }
    pairs.add(pair)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      pair.thaw.push(forward(from, to, () => state))
      from.on('error', () => {}) // it closes then
      from.on('close', () => {
        pairs.delete(pair)
        to.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  return {
    port: (server.address() as AddressInfo).port,
    set(next) {
      state = next
      for (const { sockets, thaw } of pairs) {
        if (state === 'cut') for (const socket of sockets) socket.destroy()
        else if (state !== 'frozen') for (const go of thaw) go()
      }
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const { sockets } of pairs) for (const socket of sockets) socket.destroy()
      }),
  }
}

/** Gives what comes on, in its order. What it returns is called when nothing holds back any more. */
function forward(from: Socket, to: Socket, state: () => ProxyState): () => void {
  const held: { readonly chunk: Buffer; readonly due: number }[] = []
  let timer: NodeJS.Timeout | undefined

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    while (held[0] !== undefined && state() !== 'frozen') {
      const wait = held[0].due - performance.now()
      if (wait > 0.5) {
        timer = setTimeout(flush, wait)
        return
      }
      if (!to.destroyed) to.write(held[0].chunk)
      held.shift()
    }
  }

  from.on('data', (chunk: Buffer) => {
    const now = state()
    if (held.length === 0 && now === 'open') to.write(chunk)
    else {
      held.push({ chunk, due: performance.now() + (typeof now === 'number' ? now : 0) })
      flush()
    }
  })
  return flush
}
