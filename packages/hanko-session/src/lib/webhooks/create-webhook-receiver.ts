import { createEngine } from '../create-engine.ts'
import type { SessionValidator } from '../create-session-validator.ts'
import { createDecisionLog } from '../decision-log.ts'
import { startDeadline, untilAborted } from '../http/deadline.ts'
import { createRunInBackground } from '../run-in-background.ts'
import { toPlainObject } from '../to-plain-object.ts'
import { partsOf } from '../validator-parts.ts'
import { createActOn } from './act-on.ts'
import { readDelivery } from './read-delivery.ts'
import { createReceive } from './receive.ts'
import { refuseWebhook, takeWebhook, type WebhookRefusal } from './webhook-answer.ts'
import { type ChangeName, isChangeName, type WebhookName } from './webhook-events.ts'
import { createWebhookHandlers, type WebhookHandler } from './webhook-handlers.ts'

export interface WebhookReceiverOptions {
  /**
   * Changes of a user that end all sessions that began before: `['user.update.password', 'user.update.email.primary']`.
   * A name stands for all that begin with it and a dot. What ends sessions at Hanko itself (`session.delete...`,
   * `user.delete`) ends them here in any case.
   * @default []
   */
  endSessionsOn?: readonly ChangeName[]
  /** Whose webhooks it receives: a tenant of the validator. Required with `createTenantValidator`: a receiver for each. */
  tenant?: string
}

/** Counters of one receiver, for metrics. */
export interface WebhookStats {
  /** Genuine, and seen for the first time. */
  readonly taken: number
  /** Genuine, and seen before: answered with 200, without any effect. */
  readonly repeated: number
  readonly refused: number
  /** Nobody could tell, because Hanko's keys could not be had. */
  readonly unproved: number
  /** Revocations that were made. */
  readonly revocations: number
  /** Handlers that threw or rejected, and revocations that did. */
  readonly failures: number
}

/** Receives the webhooks of one Hanko. */
export interface WebhookReceiver {
  /**
   * Answers a delivery, within a second whatever happens: 200 for all that Hanko sent, because it switches off hooks
   * that fail. Sessions have ended in this process when the answer begins. Never rejects.
   */
  handle(request: Request): Promise<Response>
  /**
   * Listens for an event. Nobody waits for the handler: it runs beside the answer (and within the validator's
   * `waitUntil`), at most once per delivery, never again, and in no particular order.
   * @throws {TypeError} for a name that Hanko does not send
   */
  on<Name extends WebhookName>(name: Name, handler: WebhookHandler<Name>): void
  stats(): WebhookStats
}

/** Hanko waits ten seconds, and a sender that takes its time must not hold anything here. Milliseconds. */
const ANSWER_WITHIN = 800

/**
 * Creates the receiver of the webhooks of a validator's Hanko: they end sessions in this process at once, where a
 * sign-out would else be noticed within `maxStaleness`. It looks Hanko's keys up by itself, so that what strangers
 * send here takes nothing from the sessions; `close()` of the validator ends it too.
 *
 * @example
 * ```ts
 * import { createSessionValidator } from 'hanko-session'
 * import { createWebhookReceiver } from 'hanko-session/webhooks'
 *
 * const hanko = createSessionValidator()
 * const webhooks = createWebhookReceiver(hanko, { endSessionsOn: ['user.update.password'] })
 * webhooks.on('user.create', ({ data }) => console.log('welcome', data.id))
 *
 * export const POST = (request: Request) => webhooks.handle(request)
 * ```
 *
 * @throws {TypeError} for anything but a validator of this package, and for options that make no sense
 */
export function createWebhookReceiver<Claims>(
  hanko: SessionValidator<Claims>,
  options: WebhookReceiverOptions = {},
): WebhookReceiver {
  const parts = partsOf(hanko)
  if (parts === undefined) throw new TypeError('createWebhookReceiver needs what createSessionValidator made')
  const { endSessionsOn, tenant } = toOwn(options)
  const settings = parts.settingsOf(tenant)
  const log = createDecisionLog(settings)
  // An engine of its own: no more than its keys are used, with calls and a budget that nobody else draws on.
  const engine = createEngine(settings, log)
  parts.onClose(() => engine.close())

  const runInBackground = createRunInBackground(settings.waitUntil)
  const handlers = createWebhookHandlers()
  const actOn = createActOn({
    revoke: (revocation) => hanko.revoke(tenant === undefined ? revocation : { ...revocation, tenant }),
    endSessionsOn,
    handlers,
    log,
    runInBackground,
  })
  const receive = createReceive({ settings, keys: engine.keys, log, act: (webhook) => actOn.act(webhook) })

  async function answer(request: Request): Promise<WebhookRefusal | undefined> {
    const deadline = startDeadline(ANSWER_WITHIN)
    try {
      const delivery = await readDelivery(request, deadline.signal)
      if (typeof delivery === 'string') return receive.refuse(delivery)
      const work = receive.take(delivery.token)
      runInBackground(work)
      // Where the keys take longer than Hanko may be kept waiting, the effect comes after the answer.
      return await untilAborted(work, deadline.signal).catch(() => undefined)
    } finally {
      deadline.clear()
    }
  }

  return Object.freeze({
    async handle(request: Request) {
      const refusal = await answer(request)
      return refusal === undefined ? takeWebhook() : refuseWebhook(refusal)
    },
    on<Name extends WebhookName>(name: Name, handler: WebhookHandler<Name>) {
      handlers.on(name, handler)
    },
    stats: () => ({ ...receive.counts(), ...actOn.counts() }),
  })
}

function toOwn(given: WebhookReceiverOptions): { endSessionsOn: readonly ChangeName[]; tenant: string | undefined } {
  const { endSessionsOn = [], tenant, ...others } = toPlainObject(given, 'the options of createWebhookReceiver')
  const [stranger] = Object.keys(others)
  if (stranger !== undefined) throw new TypeError(`${stranger} is not an option of createWebhookReceiver`)
  if (!Array.isArray(endSessionsOn) || !endSessionsOn.every(isChangeName))
    throw new TypeError("endSessionsOn must list changes of a user, like 'user.update.password'")
  return { endSessionsOn: [...(endSessionsOn as readonly ChangeName[])], tenant }
}
