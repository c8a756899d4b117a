import { beforeEach, describe, inject, it } from 'vitest'
import { titleOf } from './corpus.ts'
import { listHeaderAttacks } from './header-attacks.ts'
import { createTarget, type Target } from './target.ts'

let target: Target

beforeEach(async () => {
  target = await createTarget()
})

const attack = (id: string, run: () => Promise<void>) => it(titleOf(id), run)

/** Every one of them refused as a token, as a Bearer and as a cookie, without a call. */
async function refuseAll(...tokens: unknown[]): Promise<void> {
  for (const token of tokens) {
    await target.expectRefused({ token })
    if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token) || /[,;"]/.test(token)) continue
    await target.expectRefused({ authorization: `Bearer ${token}` })
    await target.expectRefused({ cookie: `hanko=${token}` }, {}, { changesState: false })
  }
}

const attacks = listHeaderAttacks(
  {
    get emulator() {
      return target.emulator
    },
    genuine: () => target.genuine(),
    signed: (changes, header) => target.signed(changes, header),
  },
  refuseAll,
)

describe('JWS header and serialisation', () => {
  for (const [id, run] of attacks) attack(id, run)

  attack('H22', async () => {
    const kid = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'
    await target.emulator.rotateKeys({ ...(inject('signingKeys')[1] as object), kid } as JsonWebKey)
    const { token, header } = await target.genuine()
    if (header['kid'] !== kid) throw new Error('the emulator did not take the key id')
    await target.expectAccepted({ token })
  })
})
