import { toMilliseconds } from '../../duration.ts'
import type { Duration } from '../../duration.ts'

/** What can happen to a webhook on its way. All of it is plain JSON. */
export type WebhookFault = (
  | /** Never sent. */ { kind: 'lose' }
  | /** Sent twice, at the same time. */ { kind: 'double' }
  | /** Sent later, by the real clock. */ { kind: 'delay'; by: Duration }
  /** Kept back until `release`, so that those to come overtake it. */
  | { kind: 'hold' }
) & {
  /** How many deliveries it meets before it is over. @default Infinity */
  times?: number
}

/** The switches for what happens to webhooks on their way. */
export interface WebhookFaults {
  /** Replaces what was set. Of several the first that is not yet used up takes effect, so a list is a sequence. */
  set(...faults: WebhookFault[]): void
  /** Ends all. What is held stays so. */
  clear(): void
  /** Sends what is held, one after the other. Resolves when all have arrived or failed. @default 'sent' */
  release(order?: 'sent' | 'reversed'): Promise<void>
}

const KINDS: readonly string[] = ['lose', 'double', 'delay', 'hold'] satisfies WebhookFault['kind'][]

export function createWebhookFaults(): WebhookFaults & { send(deliver: () => Promise<void>): Promise<void> } {
  let slots: { fault: WebhookFault; left: number }[] = []
  let held: (() => Promise<void>)[] = []
  return {
    set(...faults) {
      for (const { kind } of faults) if (!KINDS.includes(kind)) throw new TypeError(`Unknown kind of fault: ${kind}`)
      slots = faults.map((fault) => ({ fault, left: fault.times ?? Infinity }))
    },
    clear() {
      slots = []
    },
    async release(order = 'sent') {
      const waiting = order === 'sent' ? held : held.toReversed()
      held = []
      for (const deliver of waiting) await deliver()
    },
    async send(deliver) {
      const slot = slots.find(({ left }) => left > 0)
      if (slot !== undefined) slot.left--
      switch (slot?.fault.kind) {
        case 'lose':
          return
        case 'hold':
          held.push(deliver)
          return
        case 'double':
          await Promise.all([deliver(), deliver()])
          return
        case 'delay': {
          const by = toMilliseconds(slot.fault.by, 'by')
          await new Promise((resolve) => setTimeout(resolve, by))
          return deliver()
        }
        case undefined:
          return deliver()
      }
    },
  }
}
