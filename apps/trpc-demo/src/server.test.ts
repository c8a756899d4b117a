import { describeDemo } from 'demo-kit/suite'
import { expect, it } from 'vitest'
import { readEnv } from './env.ts'
import { startDemo } from './server.ts'

const { call } = describeDemo({
  title: 'tRPC',
  startDemo,
  readEnv,
  call: (url, name, headers, input) =>
    fetch(`${url}/trpc/${name}`, {
      method: input === undefined ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      ...(input === undefined ? {} : { body: JSON.stringify(input) }),
    }),
})

it('says in the error what tRPC calls a refusal', async () => {
  expect(await (await call('me')).json()).toMatchObject({
    error: { data: { code: 'UNAUTHORIZED', auth: { reason: 'no_token' } } },
  })
})
