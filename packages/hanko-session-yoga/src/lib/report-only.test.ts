import { describe, expect, it } from 'vitest'
import { codeOf, createCountedApp } from '../../test/counted-app.ts'
import { startRulesHanko } from '../../test/rules-hanko.ts'

const test = await startRulesHanko()
const { admin, eve, auth } = test

describe('reportOnly: true', () => {
  const sdl = /* GraphQL */ `
    type Query {
      secret: Int @auth
      role: Int @auth(roles: "admin")
      strong: Int @auth(amr: "passkey", fresh: true)
      us: [U]
    }
    union U = Open | Admin
    type Open {
      x: Int
    }
    type Admin @auth(roles: "admin", scopes: "write") {
      x: Int
    }
  `
  it('says so when it starts, and logs what it would refuse instead of refusing it', async () => {
    const logged: string[] = []
    const log = (message: unknown): number => logged.push(String(message))
    const app = await createCountedApp(test.hanko, sdl, {
      auth,
      resolvers: { Query: { us: () => [{ __typename: 'Admin' }, { __typename: 'Admin' }, { __typename: 'Open' }] } },
      session: { reportOnly: true },
      yoga: { logging: { debug() {}, info() {}, warn: log, error: log } },
    })
    expect(logged.splice(0)).toEqual([expect.stringContaining('reportOnly is on')])
    expect(codeOf(await app.ask('{ a: role b: role strong us { __typename } }', eve))).toEqual([200])
    expect(logged.splice(0).map((line) => line.split('reportOnly: ')[1])).toEqual([
      'role would be refused to a session, by its rule roles: admin',
      'strong would be refused to a session, by its rule amr: passkey',
      'U as Admin would be refused to a session, by its rule scopes: write',
    ])
    expect(codeOf(await app.ask('{ role strong us { __typename } }', admin))).toEqual([200])
    expect(logged).toEqual([])
  })

  it('lets nobody by without a session, before or while it runs', async () => {
    const app = await createCountedApp(test.hanko, sdl, {
      auth,
      resolvers: { Query: { us: () => [{ __typename: 'Admin' }] } },
      session: { reportOnly: true },
      yoga: { logging: false },
    })
    expect(codeOf(await app.ask('{ role }'))).toEqual([401, 'no_token'])
    expect((await app.ask('{ us { __typename } }')).data).toEqual({ us: [null] })
    const gone = await test.emulator.signIn()
    await test.emulator.endSession(gone.sessionId)
    expect(codeOf(await app.ask('{ strong }', gone))).toEqual([401, 'revoked'])
  })

  it('logs what it would refuse of a field behind an interface', async () => {
    const logged: string[] = []
    const behind = `type Query { node: Node } interface Node { x: Int } type A implements Node { x: Int @auth(roles: "admin") }
      type B implements Node { x: Int }`
    const app = await createCountedApp(test.hanko, behind, {
      auth,
      resolvers: { Query: { node: () => ({ __typename: 'A', x: 1 }) } },
      session: { reportOnly: true },
      yoga: { logging: { debug() {}, info() {}, warn: (line) => void logged.push(String(line)), error() {} } },
    })
    expect((await app.ask('{ node { x } }', eve)).data).toEqual({ node: { x: 1 } })
    expect(logged.at(-1)).toContain('A.x would be refused to a session, by its rule roles: admin')
  })
})
