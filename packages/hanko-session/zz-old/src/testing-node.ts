/**
 * The emulator of `hanko-session/testing` as a server, on Hanko's own ports.
 *
 * @module
 */
export { serveHankoEmulator } from './lib/testing/serve-hanko-emulator.ts'
export type { ServedEmulator, ServeOptions } from './lib/testing/serve-hanko-emulator.ts'
