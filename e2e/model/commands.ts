import type { AuthState } from 'hanko-session'
import * as fc from 'fast-check'
import type { ModelSession } from './hanko-model.ts'
import { judge, judgeUnknown, noteUse } from './judge.ts'
import { CLOCK_SKEW, type Stage } from './stage.ts'

/** fast-check's own model is not needed: the stage has one. */
type Command = fc.AsyncCommand<object, Stage>

const QUIET = 12_000

/** Something that happens; afterwards whatever needs no time has happened, and nothing is wrong. */
function command(name: string, run: (stage: Stage) => Promise<void> | void): Command {
  return {
    check: () => true,
    toString: () => name,
    async run(_, stage) {
      stage.nextCommand()
      await run(stage)
      await stage.time.settle()
      const [wrong] = stage.wrongs
      if (wrong !== undefined) throw new Error(wrong)
    },
  }
}

const pick = ({ model }: Stage, at: number): ModelSession | undefined => model.sessions[at % model.sessions.length]

/** Begins a check. What comes of it is judged when it comes. */
function begin(
  stage: Stage,
  sessions: readonly ModelSession[],
  isFresh: boolean,
  way: string,
  ask: () => Promise<AuthState>,
): void {
  const start = stage.moment()
  const work = ask().then((state) => {
    judge(stage, { sessions, start, isFresh, way }, state)
    if (state.status === 'authenticated') use(stage, sessions, state.session.sessionId)
    stage.pending.delete(work)
  })
  stage.pending.add(work)
}

function use({ time }: Stage, sessions: readonly ModelSession[], sessionId: string): void {
  const used = sessions.find((session) => session.sessionId === sessionId)
  if (used !== undefined) noteUse(used, time.monotonic())
}

/** Two outages close together could answer `false` twice with good keys in between: nobody could tell that. */
const mayBreak = ({ time, trouble }: Stage): boolean => !trouble.isOn && time.monotonic() - trouble.last > QUIET

const validate = (at: number, fresh: boolean): Command =>
  command(`validate(${at}${fresh ? ', fresh' : ''})`, (stage) => {
    const session = pick(stage, at)
    if (session !== undefined)
      begin(stage, [session], fresh, 'validate', () => stage.hanko.validate(session.token, { fresh }))
  })

const cookies = (ats: readonly number[], fresh: boolean): Command =>
  command(`cookies(${ats.join(', ')}${fresh ? ', fresh' : ''})`, (stage) => {
    const sessions = [...new Set(ats.map((at) => pick(stage, at)))].filter((session) => session !== undefined)
    if (sessions.length === 0) return
    const cookie = sessions.map(({ token }) => `hanko=${token}`).join('; ')
    begin(stage, sessions, fresh, 'cookies', () =>
      stage.hanko.authenticate({ method: 'GET', headers: { cookie } }, { fresh }),
    )
  })

const known = (at: number): Command =>
  command(`known(${at})`, (stage) => {
    const session = pick(stage, at)
    const state = session && stage.hanko.known(session.token)
    if (session === undefined) return
    if (state === undefined) return judgeUnknown(stage, session)
    judge(stage, { sessions: [session], start: stage.moment(), isFresh: false, way: 'known' }, state)
    if (state.status === 'authenticated') noteUse(session, stage.time.monotonic())
  })

const signIn = (user: number): Command =>
  command(`signIn(${user})`, async (stage) => void (await stage.signIn(`user-${user}@example.com`)))

const end = (at: number): Command =>
  command(`end(${at})`, async (stage) => {
    const session = pick(stage, at)
    if (session === undefined) return
    await stage.emulator.endSession(session.sessionId)
    stage.model.end(session, stage.time.now())
  })

const revokeSession = (at: number): Command =>
  command(`revokeSession(${at})`, (stage) => {
    const session = pick(stage, at)
    if (session === undefined) return
    stage.hanko.revoke({ sessionId: session.sessionId })
    stage.revoked.push({ of: { sessionId: session.sessionId }, at: stage.moment() })
  })

const revokeUser = (at: number): Command =>
  command(`revokeUser(${at})`, (stage) => {
    const session = pick(stage, at)
    if (session === undefined) return
    revokeAll(stage, session.userId)
  })

/** As an app does it whose user signs out everywhere. */
const endUser = (at: number): Command =>
  command(`endUser(${at})`, async (stage) => {
    const session = pick(stage, at)
    if (session === undefined) return
    for (const other of stage.model.sessions.filter(({ userId }) => userId === session.userId)) {
      await stage.emulator.endSession(other.sessionId)
      stage.model.end(other, stage.time.now())
    }
    revokeAll(stage, session.userId)
  })

function revokeAll(stage: Stage, userId: string): void {
  const { hanko, revoked, time, model } = stage
  hanko.revoke({ userId })
  const [refuseBefore, askUntil] = [-CLOCK_SKEW, CLOCK_SKEW].map(
    (skew) => Math.floor((time.wall() + skew) / 1_000) * 1_000,
  ) as [number, number]
  const ended = model.sessions.filter((session) => session.issuedAt <= askUntil && model.endOf(session) <= time.now())
  revoked.push({ of: { userId, refuseBefore, ended }, at: stage.moment() })
}

const rotate = (key: JsonWebKey, keepOld: boolean): Command =>
  command(`rotate(${keepOld ? 'keep' : 'drop'})`, async (stage) => {
    await stage.emulator.rotateKeys({ ...key }, { keepOld })
    stage.trouble.rotatedAt = stage.time.monotonic()
    // Hanko takes no token any more whose key it does not list.
    if (!keepOld) for (const session of stage.model.sessions) stage.model.end(session, stage.time.now())
  })

const outage = (isFrozen: boolean): Command =>
  command(`outage(${isFrozen ? 'frozen' : 'down'})`, (stage) => {
    if (!mayBreak(stage)) return
    stage.trouble.isOn = true
    stage.emulator.faults.set('all', isFrozen ? { kind: 'hang' } : { kind: 'database', state: 'down' })
  })

const recover = (): Command =>
  command('recover', ({ trouble, emulator, time }) => {
    if (!trouble.isOn) return
    trouble.isOn = false
    trouble.last = time.monotonic()
    emulator.faults.clear()
  })

const blip = (): Command =>
  command('blip', (stage) => {
    if (!mayBreak(stage) || stage.emulator.faults.active().validate?.length) return
    // One answer, whenever the next is.
    stage.emulator.faults.set('validate', { kind: 'database', state: 'down', times: 1 })
  })

const latency = (before: number, after: number): Command =>
  command(`latency(${before}, ${after})`, (stage) => void (stage.latency = { before, after }))

const pass = (milliseconds: number): Command => command(`pass(${milliseconds})`, ({ time }) => time.pass(milliseconds))

/** A share of the bound, and a little more: what is wrong with the bound shows around it. */
const passShare = (share: number): Command =>
  command(`passShare(${share})`, ({ time, setting: { maxStaleness } }) =>
    time.pass((Number.isFinite(maxStaleness) ? maxStaleness * share : 10_000) + 400),
  )

const step = (milliseconds: number): Command =>
  command(`step(${milliseconds})`, (stage) => {
    if (stage.setting.clocks !== 'stepped') return
    const { command: number, wall } = stage.moment()
    stage.time.stepWall(milliseconds)
    stage.walls.push({ command: number, wall }, { command: number, wall: stage.time.wall() })
  })

const suspend = (milliseconds: number): Command =>
  command(`suspend(${milliseconds})`, (stage) => {
    if (stage.setting.clocks === 'suspended') stage.time.suspend(milliseconds)
  })

const SHORT = fc.constantFrom(1, 200, 700, 1_100, 2_600, 3_100)
const LONG = fc.constantFrom(6_000, 11_000, 21_000, 30_400, 50_000, 100_000, 400_000)
const SELDOM = fc.integer({ min: 0, max: 4 }).map((one) => one === 0)

const often = <T>(times: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T>[] =>
  Array.from({ length: times }, () => arbitrary)

function toChecks(at: fc.Arbitrary<number>): Record<'validate' | 'known' | 'cookies', fc.Arbitrary<Command>> {
  return {
    validate: fc.tuple(at, SELDOM).map(([one, isFresh]) => validate(one, isFresh)),
    known: at.map(known),
    cookies: fc
      .tuple(fc.array(at, { minLength: 2, maxLength: 3 }), SELDOM)
      .map(([ats, isFresh]) => cookies(ats, isFresh)),
  }
}

/** All that can happen. */
function toWild(newKey: JsonWebKey): fc.Arbitrary<Command>[] {
  const at = fc.nat(5)
  const checks = toChecks(at)
  return [
    ...often(2, fc.nat(2).map(signIn)),
    ...often(8, checks.validate),
    ...often(3, checks.known),
    checks.cookies,
    ...often(2, at.map(end)),
    at.map(revokeSession),
    at.map(revokeUser),
    at.map(endUser),
    SELDOM.map((isDropped) => rotate(newKey, !isDropped)),
    SELDOM.map(outage),
    fc.constant(null).map(recover),
    ...often(2, fc.constant(null).map(blip)),
    fc.tuple(fc.constantFrom(0, 0, 300), fc.constantFrom(0, 0, 500)).map(([before, after]) => latency(before, after)),
    ...often(3, SHORT.map(pass)),
    ...often(4, LONG.map(pass)),
    fc.constantFrom(-3_600_000, -40_000, -6_000, 6_000, 40_000, 3_600_000).map(step),
    fc.constantFrom(5_000, 25_000, 300_000).map(suspend),
  ]
}

/** One or two users at work, and Hanko is well. */
function toCalm(): fc.Arbitrary<Command>[] {
  const checks = toChecks(fc.constant(0))
  return [
    ...often(4, checks.validate),
    ...often(6, checks.known),
    ...often(2, SHORT.map(pass)),
    ...often(3, LONG.map(pass)),
    ...often(4, fc.constantFrom(0.3, 0.7).map(passShare)),
  ]
}

/** Calls take time, so that what happens meanwhile overlaps with them. */
function toBusy(): fc.Arbitrary<Command>[] {
  const at = fc.nat(1)
  const checks = toChecks(at)
  return [
    fc.constant(1).map(signIn),
    ...often(6, checks.validate),
    checks.cookies,
    ...often(2, at.map(end)),
    at.map(revokeSession),
    at.map(endUser),
    ...often(2, fc.constantFrom(0.7, 1).map(passShare)),
    ...often(
      2,
      fc
        .constantFrom([0, 900], [300, 500], [900, 0])
        .map(([before, after]) => latency(before as number, after as number)),
    ),
    ...often(4, SHORT.map(pass)),
    LONG.map(pass),
    ...often(2, checks.known),
    fc.constantFrom(-40_000, 40_000).map(step),
    fc.constantFrom(5_000, 25_000, 300_000).map(suspend),
    fc.constant(null).map(blip),
  ]
}

export function allCommands(newKey: JsonWebKey): fc.Arbitrary<Iterable<Command>> {
  const lives = [
    { weight: 2, of: toWild(newKey) },
    { weight: 1, of: toCalm() },
    { weight: 1, of: toBusy() },
  ]
  return fc.oneof(
    ...lives.map(({ weight, of }) => ({ weight, arbitrary: fc.commands(of, { maxCommands: 40, size: 'max' }) })),
  )
}
