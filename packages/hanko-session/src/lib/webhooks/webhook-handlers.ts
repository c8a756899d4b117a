import { isOf, isWebhookName, type WebhookEvent, type WebhookName } from './webhook-events.ts'

/**
 * What the app does about an event. What it returns means nothing; what it throws is told to the log without a word of
 * it.
 */
export type WebhookHandler<Name extends WebhookName> = (event: WebhookEvent<Name>) => unknown

export interface WebhookHandlers {
  on<Name extends WebhookName>(name: Name, handler: WebhookHandler<Name>): void
  /** Begins all that listen. Each gets the name that it listened for, and its work. */
  run(event: WebhookEvent, begin: (name: WebhookName, work: Promise<void>) => void): void
}

export function createWebhookHandlers(): WebhookHandlers {
  const listening: [WebhookName, WebhookHandler<WebhookName>][] = []
  return {
    on(name, handler) {
      // A name with a slip of the pen would listen for ever.
      if (!isWebhookName(name)) throw new TypeError('on needs the name of an event that Hanko sends')
      if (typeof handler !== 'function') throw new TypeError('on needs a function')
      listening.push([name, handler])
    },
    run(event, begin) {
      for (const [name, handler] of listening) if (isOf(event.name, name)) begin(name, start(handler, event))
    },
  }
}

/** What is thrown at once, and what rejects later, are the same to the caller. */
async function start(handler: WebhookHandler<WebhookName>, event: WebhookEvent): Promise<void> {
  await handler(event)
}
