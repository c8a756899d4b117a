import { describe, expect, it } from 'vitest'
import { createSeal } from './seal.ts'

const [ours, others] = ['a', 'b'].map((letter) => createSeal(letter.repeat(32))) as [
  ReturnType<typeof createSeal>,
  ReturnType<typeof createSeal>,
]

describe('a seal', () => {
  it('opens for its purpose, its text and its secret, and for no other', async () => {
    const sealed = await ours.sign('c|session', '1|-|-')
    expect(await ours.open('c|session', sealed)).toBe('1|-|-')
    expect(await ours.open('c|another', sealed)).toBeUndefined()
    expect(await ours.open('c|session', sealed.replace('1', '2'))).toBeUndefined()
    expect(await others.open('c|session', sealed)).toBeUndefined()
  })

  it.each(['', '1|-|-', '1|-|-|-', '1|-|-|', '|', `1|${'A'.repeat(43)}=`, `1|${'!'.repeat(44)}`])(
    'is not on %j',
    async (text) => expect(await ours.open('c', text)).toBeUndefined(),
  )

  it('is not asked for without a secret', async () => {
    const none = createSeal(undefined)
    expect(await none.open('c', await none.sign('c', '1|-'))).toBe('1|-')
    expect(await none.open('c', await ours.sign('c', '1|-'))).toBe('1|-')
    expect(await ours.open('c', await none.sign('c', '1|-'))).toBeUndefined()
  })
})
