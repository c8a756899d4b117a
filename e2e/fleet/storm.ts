import { type Fleet, type FleetSession, startFleet } from './fleet.ts'
import { judge } from './judge.ts'
import { createRandom } from './random.ts'

const RATE = 1_000
/** One webhook in so many ends a session that is asked about afterwards. */
const SAMPLE = 500
const BOUND = 3_000
/** A busy machine may take this long to share the last of them, in milliseconds. */
const PATIENCE = 10_000

interface NodeStats {
  readonly heap: number
  readonly tombstones: number
  readonly webhooks: { readonly taken: number; readonly revocations: number; readonly failures: number }
  readonly store?: { readonly pending: number; readonly errors: number }
}

/**
 * W15 in full: a thousand webhooks a second, all to one node, each about another session. None is lost, all nodes hear
 * of them, and memory does not grow with them.
 *
 * @returns what is wrong
 */
export async function runStorm(seconds: number, isAlone = false): Promise<string[]> {
  const fleet = await startFleet({
    bound: BOUND,
    lifespan: 3_600_000,
    clockOffset: 0,
    isAlone,
    random: createRandom(1),
    // Revocations are forgotten within ten seconds, so that what is kept of one stays constant.
    limits: { tombstoneMargin: 2_000 },
  })
  try {
    return await storm(fleet, seconds)
  } finally {
    await fleet.close()
  }
}

async function storm(fleet: Fleet, seconds: number): Promise<string[]> {
  const { nodes, world, now } = fleet
  const [receiver] = nodes as [Fleet['nodes'][number]]
  const wrongs: string[] = []
  const total = RATE * seconds
  const samples: FleetSession[] = []
  while (samples.length < total / SAMPLE) samples.push(await fleet.signIn())
  // Everybody knows them, so that only the revocation can make a difference.
  for (const node of nodes) await Promise.all(samples.map((session) => fleet.ask(node, session)))

  // Their sign-ins were webhooks, too.
  const before = (await readStats(fleet, 0)).webhooks.taken

  async function deliver(number: number): Promise<void> {
    const session = number % SAMPLE === 0 ? samples[number / SAMPLE] : undefined
    const id = session?.facts.sessionId ?? crypto.randomUUID()
    if (session !== undefined) session.facts.doomedAt = now()
    const { status } = await receiver.send('/hooks', { 'content-type': 'application/json' }, await toBody(fleet, id))
    if (status !== 200) wrongs.push(`a webhook was answered with ${status}`)
    if (session === undefined) return
    world.acknowledged.push({ by: receiver.name, at: now(), sessionIds: [id] })
    await askEverybody(session)
    await new Promise((resolve) => setTimeout(resolve, BOUND + 100))
    await askEverybody(session)
  }

  async function askEverybody(session: FleetSession): Promise<void> {
    for (const answer of await Promise.all(nodes.map((node) => fleet.ask(node, session)))) {
      const { violation } = answer === undefined ? { violation: 'no answer' } : judge(world, answer)
      if (violation !== undefined) wrongs.push(`${answer?.node}: ${violation}`)
    }
  }

  const heaps: number[] = []
  const began = now()
  const underWay = new Set<Promise<void>>()
  for (let sent = 0; sent < total;) {
    const due = Math.min(total, ((now() - began) * RATE) / 1_000)
    for (; sent < due && underWay.size < 512; sent++) {
      const work: Promise<void> = deliver(sent).finally(() => underWay.delete(work))
      underWay.add(work)
      if (sent % RATE === 0) void readStats(fleet, 0).then(({ heap }) => heaps.push(heap))
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const took = (now() - began) / 1_000
  await Promise.all(underWay)

  let stats = await readStats(fleet, 0)
  for (let wait = 0; wait < PATIENCE && (stats.store?.pending ?? 0) > 0; wait += 500) {
    await new Promise((resolve) => setTimeout(resolve, 500))
    stats = await readStats(fleet, 0)
  }
  const taken = stats.webhooks.taken - before
  if (taken !== total || stats.webhooks.revocations !== total || stats.webhooks.failures !== 0)
    wrongs.push(`of ${total} webhooks ${taken} were taken, ${stats.webhooks.revocations} had an effect`)
  if (stats.store !== undefined && stats.store.pending > 0) wrongs.push(`${stats.store.pending} are yet to be shared`)
  // The first third fills what has a bound.
  const [early, late] = [heaps.slice(heaps.length / 3, (heaps.length * 2) / 3), heaps.slice((heaps.length * 2) / 3)]
  const [from, to] = [median(early), median(late)]
  if (to - from > 8 * 2 ** 20) wrongs.push(`the heap grew from ${toMiB(from)} to ${toMiB(to)}`)
  console.log(
    `storm (W15): ${total} webhooks in ${took.toFixed(1)} s, ${total - taken} lost; heap ${toMiB(from)}, then ${toMiB(to)}; ${stats.store?.errors ?? 0} errors of the store`,
  )
  return wrongs
}

/** Issued nearly five minutes ago, so that it need not be remembered for long that it came. */
async function toBody({ hanko, now }: Fleet, id: string): Promise<string> {
  const iat = Math.floor(now() / 1_000) - 290
  const event = 'session.delete.explicit.logout'
  const claims = { aud: ['localhost'], data: { id }, evt: event, iat, exp: iat + 300, sub: 'hanko webhooks' }
  return JSON.stringify({ token: await hanko.signToken(claims), event })
}

async function readStats({ nodes }: Fleet, at: number): Promise<NodeStats> {
  const { text } = (await nodes[at]?.send('/stats')) ?? { text: '' }
  return JSON.parse(text) as NodeStats
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
const toMiB = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`
