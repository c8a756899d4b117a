import { expect, it } from 'vitest'
import { readDemoEnv } from './read-demo-env.ts'

const defaults = { port: 3001, otherDemoUrl: 'http://localhost:3002' }

it('takes Hanko as the server sees it for Hanko as the browser sees it, unless told otherwise', () => {
  expect(readDemoEnv({ HANKO_API_URL: 'http://localhost:8000/' }, defaults)).toEqual({
    port: 3001,
    hankoApiUrl: 'http://localhost:8000/',
    hankoPublicUrl: 'http://localhost:8000',
    otherDemoUrl: 'http://localhost:3002',
    maxStaleness: '30s',
  })
  const inside = { HANKO_API_URL: 'https://hanko.internal', HANKO_PUBLIC_URL: 'https://login.example.com', PORT: '0' }
  expect(readDemoEnv(inside, defaults)).toMatchObject({ port: 0, hankoPublicUrl: 'https://login.example.com' })
})

it('has an admin API only when told of one', () => {
  const read = (adminUrl?: string) =>
    readDemoEnv({ HANKO_API_URL: 'http://localhost:8000', HANKO_ADMIN_URL: adminUrl }, defaults).hankoAdminUrl
  expect([undefined, '', 'http://localhost:8001/'].map(read)).toEqual([undefined, undefined, 'http://localhost:8001'])
  expect(() => read('hanko')).toThrow('HANKO_ADMIN_URL')
})

it('names the variable that is missing or wrong', () => {
  expect(() => readDemoEnv({}, defaults)).toThrow('HANKO_API_URL')
  expect(() => readDemoEnv({ HANKO_API_URL: 'hanko' }, defaults)).toThrow('HANKO_API_URL')
  expect(() => readDemoEnv({ HANKO_API_URL: 'http://localhost:8000', PORT: '70000' }, defaults)).toThrow('PORT')
  expect(() => readDemoEnv({ HANKO_API_URL: 'http://localhost:8000', HANKO_PUBLIC_URL: 'hanko' }, defaults)).toThrow(
    'HANKO_PUBLIC_URL',
  )
})

it('takes a bound for the memory, which may be none', () => {
  const read = (value: string) =>
    readDemoEnv({ HANKO_API_URL: 'http://localhost:8000', HANKO_MAX_STALENESS: value }, defaults).maxStaleness
  expect(['0', '500ms', '30s', '5m', '12h', ''].map(read)).toEqual([0, '500ms', '30s', '5m', '12h', '30s'])
  for (const value of ['Infinity', '-1s', '0s', '30', '1.5s', '30 s', 'never'])
    expect(() => read(value)).toThrow('HANKO_MAX_STALENESS must be 0, or a duration')
  expect(() => read('Infinity')).toThrow('audience')
})
