import { createServer } from 'node:http'
import { expect, it } from 'vitest'
import { createDecisionBoard, DECISIONS_SHOWN } from './create-decision-board.ts'
import { listen } from './listen.ts'

const COUNTERS = { calls: 1, sessions: 2, keys: 3, inFlight: 4, breaker: 'closed' }

async function read(board: ReturnType<typeof createDecisionBoard>): Promise<unknown> {
  const counters = { ...COUNTERS, tombstones: 5 }
  const server = createServer((_request, response) => board.answer(response, counters))
  const { url, close } = await listen(server, 0, 'the board')
  const answer: unknown = await (await fetch(url)).json()
  await close()
  return answer
}

it('keeps as many decisions as the page shows, the newest first', async () => {
  const board = createDecisionBoard('30s')
  for (let count = 0; count < 10_000; count++)
    board.record({ outcome: 'authenticated', source: 'memory', duration: count })
  const { decisions } = (await read(board)) as { decisions: { id: number; duration: number }[] }
  expect(decisions).toHaveLength(DECISIONS_SHOWN)
  expect(decisions[0]).toMatchObject({ id: 10_000, duration: 9_999 })
})

it('publishes what it names, and nothing else of a decision or of the counters', async () => {
  const board = createDecisionBoard(0)
  const decided = {
    outcome: 'unauthenticated',
    reason: 'revoked',
    credential: 'cookie',
    source: 'hanko',
    duration: 2.5,
  }
  const whose = { ...decided, userId: 'ada', sessionId: 'secret' }
  board.record(whose)
  expect(await read(board)).toEqual({
    decisions: [{ id: 1, at: expect.any(Number) as number, ...decided }],
    counters: { ...COUNTERS, memory: 'off' },
  })
})
