import assert from 'node:assert/strict'
import type { BenchContext } from './bench-context.ts'
import { createFreshText } from './fresh-text.ts'
import { createValidator, makeKnown } from './known-sessions.ts'
import { measureQuietly, WARM_UP } from './measure.ts'
import {
  ANSWERS,
  assertProtects,
  type Contestant,
  createGenericAuth,
  createOurs,
  createPlain,
  createPluginJwt,
  createPost,
  HELLO,
  ME,
} from './yoga-contestants.ts'

/** Requests with an RSA signature or a call each take so long that a few rounds tell. */
const SLOW_ROUNDS = 24

/** `yoga.*`: whole requests through Yoga in this process, from the headers to the text of the answer. */
export async function measureYoga(context: BenchContext): Promise<void> {
  const { tokens, hanko, peers, url, rounds, results } = context
  const validator = createValidator(hanko)
  await makeKnown(validator, tokens)
  const fresh = createFreshText(tokens.map((token) => `Bearer ${token}`))
  const [plain, ours] = [createPlain(), createOurs(validator)]
  const [genericAuth, pluginJwt, post] = [createGenericAuth(tokens), createPluginJwt(url), createPost(peers)]
  for (const contestant of [ours, genericAuth, pluginJwt, post]) await assertProtects(contestant, tokens[0] as string)

  const asking = (contestant: Contestant, body: string) => {
    const operation = (): Promise<string> => contestant.ask(body, fresh())
    return { operation, check: async () => assert.equal(await operation(), ANSWERS.get(body)) }
  }
  async function contest(
    name: string,
    common: () => unknown,
    base: Contestant,
    other: Contestant,
    body: string,
    most: number,
  ) {
    for (const each of [base, other]) await asking(each, body).check()
    const sides = { common, base: asking(base, body).operation, other: asking(other, body).operation }
    const ratio = await measureQuietly(sides, Math.min(rounds, most))
    // Where ours adds less than nothing, more was noise than is to be measured.
    results.control(name, ratio.baseNs > 0 ? ratio : { ...ratio, isQuiet: false })
    return ratio
  }

  for (const each of [plain, ours, genericAuth]) {
    for (let count = 0; count < WARM_UP; count++) await each.ask(count % 2 === 0 ? ME : HELLO, fresh())
  }

  // Throughput: how many times longer the other one takes, the other way round.
  const onProtected = await contest('yoga.protectedVsPublic', fresh, ours, plain, ME, rounds)
  results.atLeast('yoga.protectedVsPublic', 0.92, onProtected.value)
  const onPublic = await contest('yoga.publicVsNone', fresh, ours, plain, HELLO, rounds)
  results.atLeast('yoga.publicVsNone', 0.96, onPublic.value)

  // What is added to a request without any of them: the medians of both, since ours is near to nothing.
  const added = await contest('yoga.addedVsGenericAuth', asking(plain, ME).operation, ours, genericAuth, ME, rounds)
  results.atLeast('yoga.addedVsGenericAuth', 10, added.otherNs / added.baseNs)

  const jwt = await contest('yoga.vsPluginJwt', fresh, ours, pluginJwt, ME, SLOW_ROUNDS)
  results.atLeast('yoga.vsPluginJwt', 4, jwt.value)
  const posted = await contest('yoga.vsPost', fresh, ours, post, ME, SLOW_ROUNDS)
  results.atLeast('yoga.vsPost', 8, posted.value)
  validator.close()

  const asksAlways = createValidator(hanko, { maxStaleness: 0 })
  await asksAlways.validate(tokens[0] as string)
  const before = hanko.calls.validate
  const batch = `[${Array.from({ length: 10 }, () => ME).join()}]`
  const answer = await createOurs(asksAlways).ask(batch, `Bearer ${tokens[1]}`)
  assert.equal(answer, `[${Array.from({ length: 10 }, () => ANSWERS.get(ME)).join()}]`)
  results.atMost('yoga.batch10.validations', 1, hanko.calls.validate - before)
  assert.equal(hanko.calls.validate - before, 1)
  asksAlways.close()
}
