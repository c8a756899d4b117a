import { expect, it } from 'vitest'
import { demoRole } from './demo-role.ts'

it('knows Ada for an admin, and nobody else', () => {
  for (const email of ['ada@example.com', 'Ada.Lovelace@example.com']) expect(demoRole(email)).toBe('admin')
  for (const email of ['bob@example.com', 'adam@example.com', 'bob.ada@example.com', '', undefined])
    expect(demoRole(email)).toBe('user')
})
