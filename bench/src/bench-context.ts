import { createFakeHanko, type FakeHanko } from './fake-hanko.ts'
import { assertPeers, createPeers, type Peers } from './peers.ts'
import type { Results } from './results.ts'
import { createSigningKey, signToken, signTokens, type SigningKey } from './session-tokens.ts'
import { startLoopbackServer } from './start-loopback-server.ts'

/** What all sections share. */
export interface BenchContext {
  readonly isQuick: boolean
  readonly rounds: number
  readonly key: SigningKey
  /** Signed by the key, all different. */
  readonly tokens: readonly string[]
  readonly hanko: FakeHanko
  readonly peers: Peers
  /** Of the server that the peers ask. */
  readonly url: string
  readonly results: Results
  close(): void
}

export async function createBenchContext(isQuick: boolean, results: Results): Promise<BenchContext> {
  const key = await createSigningKey()
  const tokens = await signTokens(key, 1_024)
  const server = await startLoopbackServer([key])
  const peers = createPeers(server.url, key, 4 * tokens.length)
  await assertPeers(peers, await signToken(key))
  return {
    isQuick,
    rounds: isQuick ? 12 : 120,
    key,
    tokens,
    hanko: createFakeHanko([key]),
    peers,
    url: server.url,
    results,
    close: server.close,
  }
}
