export { type StoreCase, type StoreSetup, storeCases } from './lib/conformance/store-cases.ts'
export { createMemoryStores, type MemoryStores } from './lib/conformance/create-memory-stores.ts'
