import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createDemoPage } from './create-demo-page.ts'
import { listen, type Listening } from './listen.ts'

let demo: Listening

beforeAll(async () => {
  const page = createDemoPage({
    title: 'tRPC',
    lead: 'A <lead> & more',
    hankoPublicUrl: 'https://hanko.example.com/tenant',
    demos: [
      { title: 'tRPC', url: '/' },
      { title: 'GraphQL', url: 'http://localhost:3002' },
    ],
    operations: [{ name: 'me', summary: 'Who', access: 'protected', request: { method: 'GET', path: '/me' } }],
  })
  demo = await listen(createServer(page.handle), 0, 'the page')
})
afterAll(() => demo.close())

it('allows its own scripts and Hanko, and styles by a nonce of this one answer', async () => {
  const [first, second] = [await fetch(demo.url), await fetch(demo.url)]
  const policy = first.headers.get('content-security-policy')
  const nonce = /'nonce-([^']+)'/.exec(policy ?? '')?.[1]
  expect(policy).toContain("script-src 'self';")
  expect(policy).toContain("connect-src 'self' https://hanko.example.com;")
  expect(await first.text()).toContain(`<hanko-auth nonce="${nonce}">`)
  expect(second.headers.get('content-security-policy')).not.toBe(policy)
  expect(first.headers.get('cache-control')).toBe('no-store')
})

it('writes texts as texts', async () => {
  expect(await (await fetch(demo.url)).text()).toContain('A &lt;lead&gt; &amp; more')
})

it('serves every file that the page and its scripts name, and nothing else', async () => {
  const html = await (await fetch(demo.url)).text()
  const seen = new Set<string>()
  const queue = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map((match) => match[1]!)
  for (const path of queue) {
    if (seen.has(path)) continue
    seen.add(path)
    const response = await fetch(demo.url + path)
    expect([path, response.status]).toEqual([path, 200])
    if (path === '/hanko-elements.js' || !path.endsWith('.js')) continue
    for (const match of (await response.text()).matchAll(/'\.?(\/[\w-]+\.js)'/g)) queue.push(match[1]!)
  }
  expect([...seen]).toEqual(expect.arrayContaining(['/page.css', '/main.js', '/session.js', '/hanko-elements.js']))
  expect((await fetch(`${demo.url}/../package.json`)).status).toBe(404)
  expect((await fetch(demo.url, { method: 'POST' })).status).toBe(405)
})

it('sends who comes by the address to the name, where the cookie is', async () => {
  const response = await fetch(demo.url.replace('localhost', '127.0.0.1'), { redirect: 'manual' })
  expect([response.status, response.headers.get('location')]).toEqual([302, `${demo.url}/`])
})

it('has a client, and a button that ends sessions, only where the demo does', async () => {
  const html = await (await fetch(demo.url)).text()
  expect(html).not.toMatch(/api-client|end-elsewhere/)
  expect((await fetch(`${demo.url}/client.js`)).status).toBe(404)

  const page = createDemoPage({
    title: 'tRPC',
    lead: '',
    hankoPublicUrl: 'https://hanko.example.com',
    demos: [],
    client: new TextEncoder().encode('export default () => {}'),
    endsSessions: true,
    operations: [],
  })
  const other = await listen(createServer(page.handle), 0, 'the page with a client')
  expect(await (await fetch(other.url)).text()).toMatch(/name="api-client" content="\/client.js"[^]+id="end-elsewhere"/)
  const script = await fetch(`${other.url}/client.js`)
  expect([script.headers.get('content-type'), await script.text()]).toEqual([
    'text/javascript; charset=utf-8',
    'export default () => {}',
  ])
  await other.close()
})
