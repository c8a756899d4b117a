import { describe, expect, it } from 'vitest'
import { readBounded, TOO_LARGE } from './read-bounded.ts'

function streamOf(...chunks: Uint8Array<ArrayBuffer>[]): {
  stream: ReadableStream<Uint8Array<ArrayBuffer>>
  pulled: () => number
  cancelled: () => boolean
} {
  let pulled = 0
  let cancelled = false
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull(controller) {
        const chunk = chunks[pulled++]
        if (chunk === undefined) controller.close()
        else controller.enqueue(chunk)
      },
      cancel() {
        cancelled = true
      },
    },
    { highWaterMark: 0 },
  )
  return { stream, pulled: () => pulled, cancelled: () => cancelled }
}

const bytes = (length: number) => new Uint8Array(length).fill(0x61)

describe('readBounded', () => {
  it('reads a body of exactly the limit', async () => {
    await expect(readBounded(streamOf(bytes(60), bytes(40)).stream, 100)).resolves.toBe('a'.repeat(100))
  })

  it('stops at the chunk that goes over, and cancels the rest', async () => {
    const { stream, pulled, cancelled } = streamOf(bytes(60), bytes(41), bytes(1_000), bytes(1_000))
    await expect(readBounded(stream, 100)).resolves.toBe(TOO_LARGE)
    expect(pulled()).toBe(2)
    expect(cancelled()).toBe(true)
  })

  it('puts characters together that two chunks share', async () => {
    const text = new TextEncoder().encode('é')
    await expect(readBounded(streamOf(text.slice(0, 1), text.slice(1)).stream, 100)).resolves.toBe('é')
  })

  it('takes no body for an empty one', async () => {
    await expect(readBounded(null, 100)).resolves.toBe('')
  })
})
