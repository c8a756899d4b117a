export {
  createWebhookReceiver,
  type WebhookReceiver,
  type WebhookReceiverOptions,
  type WebhookStats,
} from './lib/webhooks/create-webhook-receiver.ts'
export type {
  ChangeName,
  WebhookData,
  WebhookEmail,
  WebhookEvent,
  WebhookName,
  WebhookSession,
  WebhookUser,
} from './lib/webhooks/webhook-events.ts'
