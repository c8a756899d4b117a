import * as fc from 'fast-check'
import {
  type Command,
  blip,
  cookies,
  end,
  endUser,
  known,
  latency,
  leave,
  open,
  outage,
  pass,
  passShare,
  recover,
  revokeSession,
  revokeUser,
  rotate,
  signIn,
  step,
  suspend,
  validate,
} from './commands.ts'

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
    ...often(2, at.map(open)),
    at.map(leave),
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
    fc.constant(0).map(open),
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
    at.map(open),
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
