export { createNodeGuard, type NodeGuard } from './lib/node/create-node-guard.ts'
