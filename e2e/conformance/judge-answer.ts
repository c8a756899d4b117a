import { isDeepStrictEqual } from 'node:util'
import { SHOWN } from './callers.ts'
import type { Ran } from './give-values.ts'
import type { Expected, NeededStepUp, RefusedField, Refusal } from './suite.ts'

interface AnsweredError {
  readonly message?: unknown
  readonly path?: readonly (string | number)[]
  readonly extensions?: {
    readonly code?: string
    readonly auth?: { readonly reason?: string; readonly stepUp?: NeededStepUp }
  }
}

/** One GraphQL result, and the HTTP answer it came in. */
export interface Answer {
  /** Absent in a batch, whose status says nothing of one operation. */
  readonly http?: { readonly status: number; readonly headers: Headers }
  readonly data?: unknown
  readonly errors?: readonly AnsweredError[]
  /** Of a subscription. */
  readonly events?: readonly { readonly data?: unknown; readonly errors?: unknown }[]
}

/** What is wrong with an answer, in plain words; nothing when it is as expected. */
export function judgeAnswer(expected: Expected, answer: Answer, ran: readonly Ran[], asked: number): string[] {
  const problems: string[] = []
  const expectEqual = (what: string, got: unknown, wanted: unknown): void => {
    if (!isDeepStrictEqual(got, wanted)) problems.push(`${what} is ${toText(got)}, not ${toText(wanted)}`)
  }
  const expectNothingRan = (): void =>
    expectEqual(
      'what ran',
      ran.map(({ coordinate }) => coordinate),
      [],
    )
  const { http, data, errors = [] } = answer

  if ('asked' in expected) expectEqual('the number of calls to Hanko', asked, expected.asked)
  if ('events' in expected) {
    expectEqual('the status', http?.status, 200)
    expectEqual(
      'events',
      answer.events,
      expected.events.map((event) => ({ data: event })),
    )
  } else if ('refused' in expected) {
    const shown = SHOWN[expected.refused]
    expectEqual('data', data, undefined)
    expectEqual('errors', errors.map(toRefusal), [{ ...toExpectedRefusal(expected.refused, expected.stepUp) }])
    expectNothingRan()
    if (http !== undefined) {
      expectEqual('the status', http.status, shown.status)
      expectEqual('cache-control', http.headers.get('cache-control'), 'private, no-store')
      const challenge = http.headers.get('www-authenticate')
      if (shown.challenge === undefined) expectEqual('www-authenticate', challenge, null)
      else if (challenge?.includes(shown.challenge) !== true) problems.push(`www-authenticate is ${challenge}`)
    }
  } else if ('refusedFields' in expected) {
    if (http !== undefined) expectEqual('the status', http.status, 200)
    expectEqual('data', data, expected.data)
    const wanted = expected.refusedFields.map(({ path, reason, stepUp }) => ({
      path,
      ...toExpectedRefusal(reason, stepUp),
    }))
    const got = errors.map((error) => ({ path: error.path, ...toRefusal(error) }))
    expectEqual('errors', sorted(got), sorted(wanted))
    for (const { coordinate, path } of ran) {
      if (expected.refusedFields.some((field) => isBehind(path, field)))
        problems.push(`${coordinate} ran at ${toText(path)}`)
    }
  } else if ('data' in expected) {
    if (http !== undefined) expectEqual('the status', http.status, 200)
    expectEqual('errors', answer.errors, undefined)
    expectEqual('data', data, expected.data)
  } else {
    expectNothingRan()
    if (errors.length === 0) problems.push('there is no error')
    const isEmpty = Object.values(data ?? {}).every((value) => value === null)
    if ('invalid' in expected ? data !== undefined : !isEmpty) problems.push(`data is ${toText(data)}`)
    if ('invalid' in expected)
      expectEqual('auth of errors', errors.filter(({ extensions }) => extensions?.auth).length, 0)
  }
  return problems
}

function toRefusal({ extensions }: AnsweredError): object {
  const { reason, stepUp } = extensions?.auth ?? {}
  return { code: extensions?.code, reason, ...(stepUp === undefined ? {} : { stepUp }) }
}

function toExpectedRefusal(reason: Refusal, stepUp?: NeededStepUp): object {
  return { code: SHOWN[reason].code, reason, ...(stepUp === undefined ? {} : { stepUp }) }
}

/** Whether a resolver stands where it must not have run: at a refused field, or below. */
function isBehind(path: readonly (string | number)[], { path: refused, byRuntimeType = false }: RefusedField): boolean {
  const isWithin = refused.every((key, at) => path[at] === key)
  return isWithin && (path.length > refused.length || !byRuntimeType)
}

const sorted = <T>(values: readonly T[]): T[] => values.toSorted((a, b) => (toText(a) < toText(b) ? -1 : 1))

const toText = (value: unknown): string => (value === undefined ? 'undefined' : JSON.stringify(value))
