export { sessionCacheKey } from './lib/session-cache-key.ts'
