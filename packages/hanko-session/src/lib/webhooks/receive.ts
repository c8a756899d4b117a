import type { DecisionLog, Logger } from '../decision-log.ts'
import type { KeySet } from '../jwks/create-key-set.ts'
import type { Settings } from '../options.ts'
import { proveWebhook } from './prove-webhook.ts'
import { readWebhookToken, type UnprovedWebhook } from './read-webhook-token.ts'
import { createSeenTokens, digestToken } from './seen-tokens.ts'
import type { WebhookRefusal } from './webhook-answer.ts'

export interface ReceiveParts {
  readonly settings: Pick<Settings, 'audience' | 'clock' | 'clockSkew' | 'deadline'>
  readonly keys: KeySet
  readonly log: DecisionLog
  readonly act: (webhook: UnprovedWebhook & { readonly event: string }) => void
}

export interface Receive {
  /** Takes a token: acts on it once if it is genuine, or says why it is not taken. Never rejects. */
  take(token: string): Promise<WebhookRefusal | undefined>
  /** A delivery without a token is refused: counts it. */
  refuse(refusal: WebhookRefusal): WebhookRefusal
  counts(): { readonly taken: number; readonly repeated: number; readonly refused: number; readonly unproved: number }
}

/** What an operator may want to know. The rest is the noise of the internet. */
const WORTH_A_LINE: Partial<Record<WebhookRefusal, [keyof Logger, string]>> = {
  body_used: ['error', 'the body of a webhook was read before the receiver saw it: pass the request on as it came'],
  not_genuine: [
    'warn',
    'a webhook was refused: it is not signed by this Hanko, or for another audience, or too old (check the clocks)',
  ],
  keys_unavailable: [
    'error',
    'a webhook was refused because the keys of Hanko cannot be had; what it ended is noticed within maxStaleness',
  ],
}

export function createReceive({ settings, keys, log, act }: ReceiveParts): Receive {
  const { clock, clockSkew, deadline } = settings
  const seen = createSeenTokens(clock)
  const counts = { taken: 0, repeated: 0, refused: 0, unproved: 0 }

  function refuse(refusal: WebhookRefusal): WebhookRefusal {
    counts[refusal === 'keys_unavailable' ? 'unproved' : 'refused']++
    const line = WORTH_A_LINE[refusal]
    if (line !== undefined) log.note(...line)
    return refusal
  }

  function repeat(): undefined {
    counts.repeated++
    return undefined
  }

  return {
    refuse,
    async take(token) {
      const webhook = readWebhookToken(token, settings)
      if (webhook === undefined) return refuse('not_genuine')
      const digest = await digestToken(token)
      if (seen.has(digest)) return repeat()
      const proof = await proveWebhook(webhook, keys, deadline)
      if (proof !== 'proved') return refuse(proof === 'refused' ? 'not_genuine' : proof)
      const { event, expiresAt } = webhook
      if (typeof event !== 'string') return refuse('malformed_event')
      // The same may have been proved meanwhile. From here on nothing comes in between.
      if (seen.has(digest)) return repeat()
      seen.add(digest, expiresAt * 1_000 + clockSkew)
      counts.taken++
      act({ ...webhook, event })
      return undefined
    },
    counts: () => ({ ...counts }),
  }
}
