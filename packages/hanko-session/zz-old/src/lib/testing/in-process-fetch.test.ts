import { describe, expect, inject, it } from 'vitest'
import { createHankoEmulator } from '../../testing.ts'
import type { Fault, HankoEmulator } from '../../testing.ts'

async function emulator(fault?: Fault): Promise<HankoEmulator> {
  const hanko = await createHankoEmulator({ keys: inject('signingKeys').slice(0, 1), apiUrl: 'https://hanko.example' })
  if (fault !== undefined) hanko.faults.set('validate', fault)
  return hanko
}

const redirect = (to: string): Fault => ({ kind: 'redirect', to })

describe('the in-process fetch', () => {
  it('works detached, with a Request, a URL or a text', async () => {
    const { fetch, apiUrl, adminUrl } = await emulator()
    expect((await fetch(`${apiUrl}/health/alive`)).status).toBe(200)
    expect((await fetch(new URL(`${apiUrl}/health/alive`))).status).toBe(200)
    expect((await fetch(new Request(`${apiUrl}/health/alive`))).status).toBe(200)
    expect((await fetch(`${adminUrl}/users`, { method: 'POST', body: '{}' })).status).toBe(400)
  })

  it('refuses connections to anywhere else', async () => {
    const { fetch } = await emulator()
    await expect(fetch('http://localhost:8000/')).rejects.toMatchObject({
      name: 'TypeError',
      cause: { code: 'ECONNREFUSED' },
    })
  })

  it('hands a redirect out, or fails, as the caller wishes', async () => {
    const { fetch, apiUrl } = await emulator(redirect('http://evil.example/'))
    const url = `${apiUrl}/sessions/validate`
    const manual = await fetch(url, { redirect: 'manual' })
    expect([manual.status, manual.headers.get('Location')]).toEqual([307, 'http://evil.example/'])
    await expect(fetch(url, { redirect: 'error' })).rejects.toThrow(TypeError)
    await expect(fetch(url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } })
  })

  it('follows a redirect with its body, as a fetch does that does not know better', async () => {
    const hanko = await emulator({ ...redirect('/sessions/validate'), times: 1 })
    const { token, userId } = await hanko.signIn()
    const response = await hanko.fetch(`${hanko.apiUrl}/sessions/validate`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ session_token: token }),
    })
    expect(await response.json()).toMatchObject({ is_valid: true, user_id: userId })
    expect(hanko.requests.count('validate')).toBe(2)
  })

  it('gives up on a circle of redirects', async () => {
    const { fetch, apiUrl } = await emulator(redirect('/sessions/validate'))
    await expect(fetch(`${apiUrl}/sessions/validate`)).rejects.toThrow(TypeError)
  })
})
