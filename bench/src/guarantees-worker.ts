// In an isolate of its own: the clocks that it pushes would make the timed code one that expects several clocks.
import { parentPort } from 'node:worker_threads'
import { assertGuarantees } from './assert-guarantees.ts'
import { createSigningKey } from './session-tokens.ts'

parentPort?.postMessage(await assertGuarantees(await createSigningKey()))
