import { SUITES } from './all-suites.ts'
import { type Contestant, createContestant } from './contestant.ts'
import type { Callers } from './create-callers.ts'
import { type Answer, judgeAnswer } from './judge-answer.ts'
import type { Batch, Caller, Operation, Question, Suite } from './suite.ts'
import { mistakes } from './cases/mistakes.ts'

export interface Case {
  readonly suite: string
  readonly name: string
  /** What is wrong; nothing when the case passes. */
  run(): Promise<string[]>
}

const URL = 'https://app.example/graphql'
/** A client that takes streams too: refusals have their status, and subscriptions their events. */
const ACCEPT = 'application/graphql-response+json, text/event-stream'

/** Every case of every suite. One schema is made for each suite, when its first case runs. */
export function listCases(callersOf: () => Callers): Case[] {
  return [
    ...SUITES.flatMap((suite) => listSuite(suite, callersOf)),
    ...mistakes.map((mistake) => ({
      suite: 'mistakes at start-up',
      name: `${mistake.name} is refused`,
      run: async () => judgeStart(mistake, mistake.named, callersOf()),
    })),
  ]
}

function listSuite(suite: Suite, callersOf: () => Callers): Case[] {
  const contestants = new Map<boolean, Contestant>()
  const contestantOf = (caller: Caller): Contestant => {
    const isReachable = caller !== 'outage'
    let contestant = contestants.get(isReachable)
    if (contestant === undefined) {
      contestant = createContestant(suite, isReachable ? callersOf().hanko : callersOf().unreachable)
      contestants.set(isReachable, contestant)
    }
    return contestant
  }

  async function post(caller: Caller, body: unknown): Promise<Response> {
    const headers = await callersOf().headersOf(caller)
    const contestant = contestantOf(caller)
    contestant.ran.length = 0
    callersOf().asked()
    return contestant.fetch(URL, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: ACCEPT, ...headers },
      body: JSON.stringify(body),
    })
  }

  async function runQuestion(question: Question, caller: Caller): Promise<string[]> {
    const expected = question.expect[caller]
    if (expected === undefined) return ['nothing is expected']
    const answer = await readAnswer(await post(caller, toBody(question)))
    return judgeAnswer(expected, answer, contestantOf(caller).ran, callersOf().asked())
  }

  async function runBatch({ caller, operations, asked }: Batch): Promise<string[]> {
    const answers = (await (await post(caller, operations.map(toBody))).json()) as Answer[]
    const calls = callersOf().asked()
    const problems = operations.flatMap(({ expect }, at) => judgeAnswer(expect, answers[at] ?? {}, [], calls))
    return calls === asked ? problems : [...problems, `Hanko was asked ${calls} times, not ${asked}`]
  }

  return [
    ...(suite.questions ?? []).flatMap((question) =>
      (Object.keys(question.expect) as Caller[]).map((caller) => ({
        suite: suite.name,
        name: `${question.name} (${caller})`,
        run: () => runQuestion(question, caller),
      })),
    ),
    ...(suite.batches ?? []).map((batch) => ({ suite: suite.name, name: batch.name, run: () => runBatch(batch) })),
  ]
}

function judgeStart(suite: Suite, named: readonly string[], { hanko }: Callers): string[] {
  try {
    createContestant(suite, hanko)
  } catch (error) {
    if (!(error instanceof TypeError)) return [`it is no TypeError: ${String(error)}`]
    return named.filter((name) => !error.message.includes(name)).map((name) => `${name} is not named: ${error.message}`)
  }
  return ['it started']
}

function toBody({ document, variables, operationName }: Operation): object {
  return { query: document, variables, operationName }
}

async function readAnswer(response: Response): Promise<Answer> {
  const http = { status: response.status, headers: response.headers }
  if (response.headers.get('content-type')?.startsWith('text/event-stream') !== true)
    return { http, ...((await response.json()) as object) }
  const frames = (await response.text()).split('\n\n').filter((frame) => frame.includes('event: next'))
  return { http, events: frames.map((frame) => JSON.parse(/^data: (.*)$/m.exec(frame)?.[1] ?? 'null') as object) }
}
