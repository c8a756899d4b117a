import type { Fleet, FleetSession } from './fleet.ts'
import { endOf, judge, type Verdict } from './judge.ts'
import type { NodeHandle } from './node-handle.ts'
import type { Random } from './random.ts'
import type { Answer } from './world.ts'

const SESSIONS = 24
/**
 * Some sessions are hardly used: of one in constant use a refresh begins long before the bound, and then nobody sees
 * what the bound does.
 */
const USE = [1, 0.2, 0.02]
const TICK = 20
/** Requests under way; more would only wait for each other. */
const MOST = 400

interface Traffic {
  /** Resolves when the last answer is judged. */
  stop(): Promise<void>
}

/**
 * People at work: they sign in and out, and call every node; above all with sessions that have just ended.
 */
export function makeTraffic(
  fleet: Fleet,
  random: Random,
  onJudged: (answer: Answer, verdict: Verdict) => void,
): Traffic {
  const { sessions, nodes, world, hanko, now } = fleet
  const underWay = new Set<Promise<void>>()
  let asking = 0
  const over = new AbortController()

  const isLive = ({ facts }: FleetSession): boolean => facts.doomedAt === undefined && endOf(world, facts) > now()
  const honest = nodes.filter(({ name }) => (world.nodes[name]?.clockError ?? 0) === 0)

  function ask(node: NodeHandle, session: FleetSession): void {
    if (asking >= MOST) return
    asking++
    track(
      fleet.ask(node, session, random.chance(0.04)).then((answer) => {
        asking--
        if (answer !== undefined) onJudged(answer, judge(world, answer))
      }),
    )
  }

  function track(work: Promise<unknown>): void {
    const tracked = work.then(
      () => void underWay.delete(tracked),
      (error: unknown) => {
        underWay.delete(tracked)
        throw error
      },
    )
    underWay.add(tracked)
  }

  async function end(session: FleetSession): Promise<void> {
    const { facts } = session
    facts.doomedAt = now()
    const way = random.next()
    if (way < 0.15) {
      // The app's own sign-out, at one node; Hanko is told by the page.
      const node = random.pick(honest)
      const said = await node.send('/sign-out', { authorization: `Bearer ${session.token}` }, '').catch(() => undefined)
      if (said?.text.includes('"authenticated"') === true)
        world.acknowledged.push({ by: node.name, at: now(), sessionIds: [facts.sessionId] })
    }
    if (way > 0.85) hanko.webhooks.faults.set({ kind: 'lose', times: 1 })
    if (way > 0.75 && way < 0.85) hanko.webhooks.faults.set({ kind: 'double', times: 2 })
    if (way > 0.65 && way < 0.75) hanko.webhooks.faults.set({ kind: 'delay', by: 700, times: 2 })
    if (way > 0.6 && way < 0.65) hanko.webhooks.faults.set({ kind: 'hold', times: 3 })
    await hanko.endSession(facts.sessionId)
    facts.endedAt = now()
    if (way > 0.6 && way < 0.65) track(later(1_500).then(() => hanko.webhooks.faults.release('reversed')))
  }

  async function deleteUser(userId: string): Promise<void> {
    const own = sessions.filter(({ facts }) => facts.userId === userId)
    for (const { facts } of own) facts.doomedAt ??= now()
    await hanko.deleteUser(userId)
    for (const { facts } of own) facts.endedAt ??= now()
  }

  /** Hanko goes on to call these sessions live: only the webhook ends them. */
  async function changePassword(userId: string): Promise<void> {
    for (const { facts } of sessions) if (facts.userId === userId) facts.doomedAt ??= now()
    await hanko.webhooks.send('user.update.password.update', { id: userId })
  }

  const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

  /** Those that matter most: live ones, and those whose end has not been forgotten yet. */
  function pick(live: readonly FleetSession[]): FleetSession | undefined {
    const recent = sessions.slice(-3 * SESSIONS).filter((session) => {
      const { doomedAt = Infinity } = session.facts
      return Math.min(doomedAt, endOf(world, session.facts)) > now() - 4 * world.bound && !isLive(session)
    })
    const kind = random.next()
    if (kind < 0.05) return random.pick(sessions)
    const from = kind < 0.5 && recent.length > 0 ? recent : live
    const at = Math.floor(random.next() * from.length)
    return random.chance(USE[sessions.indexOf(from[at] as FleetSession) % USE.length] ?? 1) ? from[at] : undefined
  }

  function tick(): void {
    const live = sessions.filter(isLive)
    for (let request = 0; request < 12; request++) {
      const session = pick(live)
      if (session === undefined) continue
      if (random.chance(0.1)) for (const node of nodes) ask(node, session)
      else ask(random.pick(nodes), session)
    }
    if (live.length < SESSIONS && random.chance(0.3))
      track(fleet.signIn(random.chance(0.3) ? live[0]?.facts.userId : undefined))
    const one = live.length > SESSIONS / 2 ? random.pick(live) : undefined
    if (one === undefined) return
    const chance = random.next()
    if (chance < 0.03) track(end(one))
    else if (chance < 0.032) track(deleteUser(one.facts.userId))
    else if (chance < 0.036) track(changePassword(one.facts.userId))
  }

  async function run(): Promise<void> {
    while (!over.signal.aborted) {
      const began = now()
      tick()
      await later(Math.max(1, TICK - (now() - began)))
    }
    await Promise.all(underWay)
  }

  const work = run()
  return {
    async stop(): Promise<void> {
      over.abort()
      await work
    },
  }
}
