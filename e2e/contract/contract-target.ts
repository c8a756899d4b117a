import { createHankoEmulator } from 'hanko-session/testing'
import type { HankoEmulator, HankoEmulatorOptions } from 'hanko-session/testing'
import { serveHankoEmulator } from 'hanko-session/testing-node'
import { afterAll, beforeAll, describe, inject } from 'vitest'

/** A Hanko that the contract is held against, over HTTP. */
export interface ContractTarget {
  apiUrl: string
  adminUrl: string
}

/** The emulator served on free ports, with what only it can do. */
export interface EmulatorTarget extends ContractTarget {
  emulator: HankoEmulator
}

const realHanko = { apiUrl: process.env['HANKO_API_URL'], adminUrl: process.env['HANKO_ADMIN_URL'] }

/**
 * States behaviour of Hanko: held against the emulator always, and against the Hanko at HANKO_API_URL and
 * HANKO_ADMIN_URL when both are set. It needs the configuration of the transcripts: life of 12 h, limit of 5 sessions,
 * e-mail and password without verification, lax insecure cookie `hanko`, no idle timeout, one tenant.
 */
export function describeContract(title: string, define: (target: () => ContractTarget) => void): void {
  describe(`${title} [emulator]`, () => {
    define(useEmulator())
  })
  const { apiUrl, adminUrl } = realHanko
  if (apiUrl === undefined || adminUrl === undefined) return
  describe(`${title} [${new URL(apiUrl).host}]`, () => {
    define(() => ({ apiUrl: apiUrl.replace(/\/$/, ''), adminUrl: adminUrl.replace(/\/$/, '') }))
  })
}

/** States behaviour that was observed of Hanko too, but that only the emulator can be brought to. */
export function describeEmulatorOnly(title: string, define: () => void): void {
  describe(`${title} (emulator only)`, () => {
    define()
  })
}

/** One served emulator for a `describe` block. */
export function useEmulator(options: HankoEmulatorOptions = {}): () => EmulatorTarget {
  let running: (EmulatorTarget & { close(): Promise<void> }) | undefined
  beforeAll(async () => {
    const emulator = await createHankoEmulator({ keys: inject('signingKeys').slice(0, 1), ...options })
    const server = await serveHankoEmulator(emulator, { publicPort: 0, adminPort: 0 })
    running = { emulator, ...server }
  })
  afterAll(() => running?.close())
  return () => {
    if (running === undefined) throw new Error('The emulator is started in beforeAll: use it in tests only')
    return running
  }
}
