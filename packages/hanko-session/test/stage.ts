import { inject } from 'vitest'
import {
  createSessionValidator,
  type Decision,
  type SessionValidator,
  type SessionValidatorOptions,
} from '../src/index.ts'
import { createHankoEmulator, type HankoEmulator, type HankoEmulatorOptions } from '../src/testing.ts'

type Options = Omit<SessionValidatorOptions, 'claims'>

/** Whole seconds, so that a test can say "now" and mean it. */
const START = Date.parse('2026-11-23T12:00:00Z')

/** An emulated Hanko, validators of it, and clocks that only a test moves. */
export interface Stage {
  readonly emulator: HankoEmulator
  readonly time: StageTime
  /** Checks that were told of, and what was logged, by all validators. */
  readonly decisions: Decision[]
  readonly lines: unknown[][]
  /** Calls that reached Hanko. */
  posts(): number
  /** Those that are no use of a session. */
  peeks(): number
  jwks(): number
  /** A validator with the default bound of 30 s. */
  validator(options?: Options): SessionValidator
  /** The same, with Hanko's keys at hand: what is counted and told of begins now. */
  warm(options?: Options): Promise<SessionValidator>
  /** From now on Hanko decides at once, and its answers to validate are on their way until they are let through. */
  hold(): Held
  /** All work that nobody waits for is done. */
  settled(): Promise<void>
}

interface StageTime {
  now(): number
  monotonic(): number
  /** Time passes, here and at Hanko. */
  pass(milliseconds: number): void
  /** This machine sleeps: its monotonic clock stops. */
  suspend(milliseconds: number): void
  /** Somebody sets the wall clock of this machine. */
  stepWall(milliseconds: number): void
}

interface Held {
  /** Answers on their way. */
  readonly count: number
  /** Lets one of them through; the oldest by default. */
  letThrough(at?: number): void
  /** Lets all through, those to come as well. */
  end(): void
}

export async function createStage(options: HankoEmulatorOptions = {}): Promise<Stage> {
  const offset = { hanko: 0, wall: 0, monotonic: 0 }
  const time: StageTime = {
    now: () => START + offset.wall,
    monotonic: () => 7_000_000 + offset.monotonic,
    pass(by) {
      offset.hanko += by
      offset.wall += by
      offset.monotonic += by
    },
    suspend(by) {
      offset.hanko += by
      offset.wall += by
    },
    stepWall(by) {
      offset.wall += by
    },
  }
  const emulator = await createHankoEmulator({
    keys: inject('signingKeys').slice(0, 1),
    clock: { now: () => START + offset.hanko },
    ...options,
  })
  const decisions: Decision[] = []
  const lines: unknown[][] = []
  const record = (...line: unknown[]): void => void lines.push(line)
  const work: Promise<unknown>[] = []
  const held: (() => void)[] = []
  let isHolding = false

  async function fetch(input: string, init: RequestInit): Promise<Response> {
    const response = await emulator.fetch(input, init)
    if (isHolding && init.method === 'POST') await new Promise<void>((resolve) => held.push(resolve))
    return response
  }

  const validator: Stage['validator'] = (given) =>
    createSessionValidator({
      apiUrl: emulator.apiUrl,
      fetch,
      clock: time,
      logger: { debug: record, info: record, warn: record, error: record },
      onDecision: (decision) => decisions.push(decision),
      waitUntil: (more) => work.push(more),
      ...given,
    })

  return {
    emulator,
    time,
    decisions,
    lines,
    validator,
    posts: () => emulator.requests.count('validate', 'POST'),
    peeks: () => emulator.requests.count('validate', 'GET'),
    jwks: () => emulator.requests.count('jwks'),
    async warm(given) {
      const hanko = validator(given)
      // A forgery: it needs the keys, and nothing else is asked.
      const [{ token }, other] = [await emulator.signIn(), await emulator.signIn()]
      const [header, , signature] = token.split('.')
      await hanko.validate(`${header}.${other.token.split('.')[1]}.${signature}`)
      emulator.requests.clear()
      decisions.length = lines.length = 0
      return hanko
    },
    hold() {
      isHolding = true
      const letThrough = (at = 0): void => held.splice(at, 1)[0]?.()
      return {
        get count() {
          return held.length
        },
        letThrough,
        end() {
          isHolding = false
          while (held.length > 0) letThrough()
        },
      }
    },
    async settled() {
      while (work.length > 0) await work.pop()
    },
  }
}

/** Waits, by turns of the event loop, for what is under way in this process. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}
