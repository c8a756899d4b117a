import type { AuthState } from 'hanko-session'
import type { AsyncCommand } from 'fast-check'
import type { ModelSession } from './hanko-model.ts'
import { judge, judgeUnknown } from './judge.ts'
import { CLOCK_SKEW, type Stage } from './stage.ts'
import { judgeStreams, openStream } from './streams.ts'
import { noteRequest, noteUse } from './uses.ts'

/** fast-check's own model is not needed: the stage has one. */
export type Command = AsyncCommand<object, Stage>

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
      judgeStreams(stage)
      const [wrong] = stage.wrongs
      if (wrong !== undefined) throw new Error(wrong)
    },
  }
}

const pick = ({ model }: Stage, at: number): ModelSession | undefined => model.sessions[at % model.sessions.length]

/** Where Hanko is never asked, `fresh` has nothing to ask. */
const boundOf = ({ setting: { maxStaleness } }: Stage, isFresh: boolean): number =>
  isFresh && maxStaleness !== Infinity ? 0 : maxStaleness

/** Begins a check. What comes of it is judged when it comes. */
function begin(
  stage: Stage,
  sessions: readonly ModelSession[],
  isFresh: boolean,
  way: string,
  ask: () => Promise<AuthState>,
): void {
  const start = stage.moment()
  const bound = boundOf(stage, isFresh)
  for (const session of sessions) noteRequest(session, start.monotonic)
  const work = ask().then((state) => {
    judge(stage, { sessions, start, bound, way: isFresh ? `${way}, fresh` : way }, state)
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

export const validate = (at: number, fresh: boolean): Command =>
  command(`validate(${at}${fresh ? ', fresh' : ''})`, (stage) => {
    const session = pick(stage, at)
    if (session !== undefined)
      begin(stage, [session], fresh, 'validate', () => stage.hanko.validate(session.token, { fresh }))
  })

export const cookies = (ats: readonly number[], fresh: boolean): Command =>
  command(`cookies(${ats.join(', ')}${fresh ? ', fresh' : ''})`, (stage) => {
    const sessions = [...new Set(ats.map((at) => pick(stage, at)))].filter((session) => session !== undefined)
    if (sessions.length === 0) return
    const cookie = sessions.map(({ token }) => `hanko=${token}`).join('; ')
    begin(stage, sessions, fresh, 'cookies', () =>
      stage.hanko.authenticate({ method: 'GET', headers: { cookie } }, { fresh }),
    )
  })

export const known = (at: number): Command =>
  command(`known(${at})`, (stage) => {
    const session = pick(stage, at)
    if (session === undefined) return
    noteRequest(session, stage.time.monotonic())
    const state = stage.hanko.known(session.token)
    if (state === undefined) return judgeUnknown(stage, session)
    judge(stage, { sessions: [session], start: stage.moment(), bound: boundOf(stage, false), way: 'known' }, state)
    if (state.status === 'authenticated') noteUse(session, stage.time.monotonic())
  })

/** A stream begins: what is found counts as a request, and what goes on is judged from then on. */
export const open = (at: number): Command =>
  command(`open(${at})`, (stage) => {
    const session = pick(stage, at)
    if (session === undefined) return
    begin(stage, [session], false, 'open', async () => {
      const watch = await stage.hanko.forRequest({ authorization: `Bearer ${session.token}` }).watch()
      openStream(stage, session, watch)
      return watch.state
    })
  })

export const leave = (at: number): Command =>
  command(`leave(${at})`, ({ streams }) => {
    const stream = [...streams][at % streams.size]
    stream?.watch.release()
    if (stream !== undefined) streams.delete(stream)
  })

export const signIn = (user: number): Command =>
  command(`signIn(${user})`, async (stage) => void (await stage.signIn(`user-${user}@example.com`)))

export const end = (at: number): Command =>
  command(`end(${at})`, async (stage) => {
    const session = pick(stage, at)
    if (session === undefined) return
    await stage.emulator.endSession(session.sessionId)
    stage.model.end(session, stage.time.now())
  })

export const revokeSession = (at: number): Command =>
  command(`revokeSession(${at})`, (stage) => {
    const session = pick(stage, at)
    if (session === undefined) return
    // Streams end while it is said, and are judged by it.
    stage.revoked.push({ of: { sessionId: session.sessionId }, at: stage.moment() })
    stage.hanko.revoke({ sessionId: session.sessionId })
  })

export const revokeUser = (at: number): Command =>
  command(`revokeUser(${at})`, (stage) => {
    const session = pick(stage, at)
    if (session === undefined) return
    revokeAll(stage, session.userId)
  })

/** As an app does it whose user signs out everywhere. */
export const endUser = (at: number): Command =>
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
  const [refuseBefore, askUntil] = [-CLOCK_SKEW, CLOCK_SKEW].map(
    (skew) => Math.floor((time.wall() + skew) / 1_000) * 1_000,
  ) as [number, number]
  const ended = model.sessions.filter((session) => session.issuedAt <= askUntil && model.endOf(session) <= time.now())
  revoked.push({ of: { userId, refuseBefore, ended }, at: stage.moment() })
  hanko.revoke({ userId })
}

export const rotate = (key: JsonWebKey, keepOld: boolean): Command =>
  command(`rotate(${keepOld ? 'keep' : 'drop'})`, async (stage) => {
    await stage.emulator.rotateKeys({ ...key }, { keepOld })
    stage.trouble.rotatedAt = stage.time.monotonic()
    // Hanko takes no token any more whose key it does not list.
    if (!keepOld) for (const session of stage.model.sessions) stage.model.end(session, stage.time.now())
  })

export const outage = (isFrozen: boolean): Command =>
  command(`outage(${isFrozen ? 'frozen' : 'down'})`, (stage) => {
    if (!mayBreak(stage)) return
    stage.trouble.isOn = true
    stage.emulator.faults.set('all', isFrozen ? { kind: 'hang' } : { kind: 'database', state: 'down' })
  })

export const recover = (): Command =>
  command('recover', ({ trouble, emulator, time }) => {
    if (!trouble.isOn) return
    trouble.isOn = false
    trouble.last = time.monotonic()
    emulator.faults.clear()
  })

export const blip = (): Command =>
  command('blip', (stage) => {
    if (!mayBreak(stage) || stage.emulator.faults.active().validate?.length) return
    // One answer, whenever the next is.
    stage.emulator.faults.set('validate', { kind: 'database', state: 'down', times: 1 })
  })

export const latency = (before: number, after: number): Command =>
  command(`latency(${before}, ${after})`, (stage) => void (stage.latency = { before, after }))

export const pass = (milliseconds: number): Command =>
  command(`pass(${milliseconds})`, ({ time }) => time.pass(milliseconds))

/** A share of the bound, and a little more: what is wrong with the bound shows around it. */
export const passShare = (share: number): Command =>
  command(`passShare(${share})`, ({ time, setting: { maxStaleness } }) =>
    time.pass((Number.isFinite(maxStaleness) ? maxStaleness * share : 10_000) + 400),
  )

export const step = (milliseconds: number): Command =>
  command(`step(${milliseconds})`, (stage) => {
    if (stage.setting.clocks !== 'stepped') return
    const { command: number, wall } = stage.moment()
    stage.time.stepWall(milliseconds)
    stage.leaptAt = stage.time.monotonic()
    stage.walls.push({ command: number, wall }, { command: number, wall: stage.time.wall() })
  })

export const suspend = (milliseconds: number): Command =>
  command(`suspend(${milliseconds})`, (stage) => {
    if (stage.setting.clocks !== 'suspended') return
    stage.time.suspend(milliseconds)
    stage.leaptAt = stage.time.monotonic()
  })
