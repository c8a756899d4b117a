export { createNodeGuard, type NodeGuard } from './lib/node/create-node-guard.ts'
export { type NodeWebhook, toNodeWebhook } from './lib/node/to-node-webhook.ts'
