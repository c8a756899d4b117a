import { createServer } from 'node:http'
import { expect, it } from 'vitest'
import { listen } from './listen.ts'

it('names the port that is taken, and who wanted it', async () => {
  const first = await listen(createServer(), 0, 'the first')
  const port = Number(new URL(first.url).port)
  await expect(listen(createServer(), port, 'the second')).rejects.toThrow(
    `Port ${port} is in use: the second cannot start.`,
  )
  await first.close()
  const second = await listen(createServer(), port, 'the second')
  await second.close()
})
