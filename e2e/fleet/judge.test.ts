import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { judge } from './judge.ts'
import type { Answer, Trouble, World } from './world.ts'

/** What fleets with a broken node did: recorded with FLEET_BREAK and FLEET_RECORD. */
function readCase(name: string): { world: World; answer: Answer } {
  return JSON.parse(readFileSync(new URL(`recorded/${name}.json`, import.meta.url), 'utf8')) as {
    world: World
    answer: Answer
  }
}

const { world, answer } = readCase('node-with-a-doubled-bound')
const session = world.sessions[answer.sessionId] as NonNullable<World['sessions'][string]>
const endedAt = session.endedAt as number
const refused: Answer = { ...answer, status: 'unauthenticated', reason: 'revoked' }
const unavailable: Answer = { ...answer, status: 'unavailable', reason: 'upstream_unavailable' }

const at = (base: Answer, start: number): Answer => ({ ...base, start, end: start + 2 })
const on = (base: Answer, node: string): Answer => ({ ...base, node })
const violationOf = (given: World, judged: Answer): string | undefined => judge(given, judged).violation
function withTrouble(trouble: Omit<Trouble, 'what' | 'nodes'>): World {
  return { ...world, troubles: [{ what: 'cut', nodes: [answer.node], ...trouble }] }
}

describe('the judge of the fleet', () => {
  it('catches a node whose bound is doubled', () => {
    expect(violationOf(world, answer)).toMatch(/^accepted 30\d\d ms after it had ended$/)
    expect(violationOf({ ...world, acknowledged: [] }, at(answer, endedAt + 2_990))).toBeUndefined()
    expect(violationOf({ ...world, acknowledged: [] }, at(answer, endedAt + 3_010))).toMatch(/^accepted/)
  })

  it('allows nobody to be accepted by a fresh answer after the end', () => {
    expect(violationOf({ ...world, acknowledged: [] }, { ...at(answer, endedAt + 100), isFresh: true })).toMatch(
      /^accepted 100 ms/,
    )
  })

  it('catches a node that says 200 to a webhook and goes on', () => {
    const deaf = readCase('node-deaf-to-webhooks')
    expect(violationOf(deaf.world, deaf.answer)).toBe('accepted in spite of a revocation that was acknowledged')
    expect(judge(deaf.world, deaf.answer).forbidding).toBe(1)
  })

  it('expects others to have heard within the bound, unless Redis was away or forgot', () => {
    // Hanko goes on to call it live: only the webhook ends it.
    const live = { ...session, lastUsed: endedAt }
    delete live.endedAt
    const soft: World = { ...world, troubles: [], losses: [], sessions: { [answer.sessionId]: live } }
    const [{ at: told }] = world.acknowledged as [World['acknowledged'][number]]
    const late = at(answer, told + 3_001)
    expect(violationOf(soft, late)).toBe('accepted in spite of a revocation that was acknowledged')
    expect(violationOf(soft, at(answer, told + 2_999))).toBeUndefined()
    expect(violationOf({ ...soft, losses: [told + 1] }, late)).toBeUndefined()
    for (const nodes of [[answer.node], ['node-3']])
      expect(
        violationOf({ ...soft, troubles: [{ of: 'redis', what: 'cut', nodes, from: told - 9, until: told }] }, late),
      ).toBeUndefined()
    const elsewhere: Trouble = { of: 'redis', what: 'cut', nodes: ['node-4'], from: told - 9, until: told }
    expect(violationOf({ ...soft, troubles: [elsewhere] }, late)).toBeDefined()
  })

  it('catches a refusal of a live session, and excuses it on the node alone whose clock is broken', () => {
    const before = at(refused, (session.doomedAt as number) - 500)
    expect(violationOf(world, before)).toBe('refused a live session: revoked')
    expect(judge(world, on(before, 'node-4'))).toMatchObject({ excuse: 'a broken clock' })
    expect(violationOf(world, refused)).toBeUndefined()
  })

  it('never excuses the bound, not with a clock that is an hour off and not in an outage', () => {
    expect(violationOf(world, on(answer, 'node-4'))).toMatch(/^accepted/)
    expect(violationOf(withTrouble({ of: 'hanko', from: endedAt }), answer)).toMatch(/^accepted/)
    expect(violationOf(withTrouble({ of: 'redis', from: endedAt }), answer)).toMatch(/^accepted/)
  })

  it('catches an outage that was not declared, and one of Redis that is noticed', () => {
    expect(violationOf(world, unavailable)).toBe('unavailable outside an outage: upstream_unavailable')
    expect(violationOf(withTrouble({ of: 'redis', from: answer.start - 1 }), unavailable)).toBeDefined()
    const during = withTrouble({ of: 'hanko', from: answer.start - 1 })
    expect(judge(during, unavailable)).toMatchObject({ excuse: 'hanko' })
    expect(violationOf(during, on(unavailable, 'node-1'))).toBeDefined()
    expect(violationOf(withTrouble({ of: 'hanko', from: 0, until: answer.start - 20_000 }), unavailable)).toBeDefined()
  })

  it('catches a session that outlives its exp or idle timeout, where the clock is right', () => {
    const idle: World = { ...world, idleTimeout: 1_000, acknowledged: [] }
    const late = at(answer, session.lastUsed + 1_100)
    expect(violationOf(idle, late)).toMatch(/^accepted 100 ms after exp/)
    expect(violationOf(idle, on(late, 'node-3'))).toBeUndefined() // four seconds off
    expect(violationOf(idle, at(on(answer, 'node-4'), session.lastUsed + 4_100))).toMatch(/^accepted/)
  })

  it('catches somebody else', () => {
    const accepted = { sessionId: answer.sessionId, userId: crypto.randomUUID() }
    expect(violationOf(world, { ...at(answer, endedAt - 1_000), accepted })).toBe('somebody else was accepted')
    expect(violationOf(world, { ...answer, sessionId: crypto.randomUUID() })).toBe('an answer about nobody')
  })
})
