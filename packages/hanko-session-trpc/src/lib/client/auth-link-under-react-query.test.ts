import { QueryClient } from '@tanstack/query-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ClientApp, serveClientApp } from '../../../test/client-app.ts'
import { startHanko, type TestHanko } from '../../../test/start-hanko.ts'
import { authErrorOf } from './auth-error-of.ts'
import type { AuthLinkOptions } from './auth-link-options.ts'

let test: TestHanko
let app: ClientApp
beforeEach(async () => {
  test = await startHanko()
  app = await serveClientApp(test.hanko)
})
afterEach(() => app.close())

/** The setting of the README. React Query's own is to try each query three times more. */
const retry = (failures: number, error: Error): boolean => authErrorOf(error) === undefined && failures < 3

/** A query as React Query makes it, until it gives up. */
function query(header: string | undefined, path: 'me' | 'secrets' | 'missing', options: AuthLinkOptions = {}) {
  const client = app.connect('httpLink', { header }, { sleep: () => Promise.resolve(), ...options })
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry, retryDelay: 0 } } })
  const queryFn = ({ signal }: { signal: AbortSignal }): Promise<unknown> => client[path].query(undefined, { signal })
  return queryClient.query({ queryKey: [path], queryFn }).catch((error: unknown) => authErrorOf(error)?.kind)
}

describe('authLink under React Query, which tries again what has nothing to do with the session', () => {
  it('waits out an outage by itself, and is not asked to do that again', async () => {
    test.emulator.faults.set('all', { kind: 'database', state: 'down' })
    expect(await query(test.ada.header, 'me')).toBe('outage')
    expect(app.requests()).toBe(4)
  })

  it('tells the app once that nobody is signed in', async () => {
    const told: unknown[] = []
    expect(await query(undefined, 'me', { onSignedOut: (problem) => told.push(problem) })).toBe('signed-out')
    expect([told.length, app.requests()]).toEqual([1, 1])
  })

  it('asks once for a new sign-in that the user does not want', async () => {
    const asked: unknown[] = []
    const onStepUp = (problem: unknown): boolean => asked.push(problem) < 0
    expect(await query(test.ada.header, 'secrets', { onStepUp })).toBe('step-up')
    expect([asked.length, app.requests()]).toEqual([1, 1])
  })

  it('leaves every other failure to it', async () => {
    expect(await query(test.ada.header, 'missing')).toBeUndefined()
    expect(app.requests()).toBe(4)
  })
})
