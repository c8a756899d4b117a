export { endWithSession } from './lib/watch/end-with-session.ts'
