import type { Fleet } from './fleet.ts'
import type { Random } from './random.ts'

type Parts = Pick<Fleet, 'world' | 'nodes' | 'sessions' | 'counts' | 'now'> & { readonly random: Random }

/** Where Hanko's keys take longer than this, a node says 200 and acts once they are there; in milliseconds. */
const PATIENCE = 700

/** What stands in front of the fleet: each webhook goes to one node, and what it acknowledges the judge is told. */
export function createBalancer({ world, nodes, sessions, counts, now, random }: Parts) {
  function findEnded(event: string, token: string): string[] {
    const isOfUser = event === 'user.delete' || event.startsWith('user.update.password')
    if (!isOfUser && !event.startsWith('session.delete')) return []
    const { data, iat } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
      data: { id: string }
      iat: number
    }
    if (!isOfUser) return [data.id]
    const ended = sessions.filter(({ facts }) => facts.userId === data.id && facts.issuedAt < iat * 1_000)
    return ended.map(({ facts }) => facts.sessionId)
  }

  return async (init: RequestInit, event: string): Promise<Response> => {
    const body = init.body as string
    const sessionIds = findEnded(event, (JSON.parse(body) as { token: string }).token)
    const node = random.pick(nodes)
    counts.delivered++
    const began = now()
    const { status } = await node
      .send('/hooks', { 'content-type': 'application/json' }, body)
      .catch((error: unknown) => {
        counts.undelivered++
        throw error
      })
    if (status !== 200) counts.undelivered++
    else if (sessionIds.length > 0 && now() - began < PATIENCE) {
      counts.acknowledged++
      world.acknowledged.push({ by: node.name, at: now(), sessionIds })
    }
    return new Response(null, { status })
  }
}
