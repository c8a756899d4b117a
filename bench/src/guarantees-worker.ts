// In an isolate of its own: the clocks that it pushes would make the timed code one that expects several clocks.
import { parentPort } from 'node:worker_threads'
import { assertGuarantees } from './assert-guarantees.ts'
import { createSigningKey } from './session-tokens.ts'

const guarantees = await assertGuarantees(await createSigningKey())
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is of browser windows
parentPort?.postMessage(guarantees)
