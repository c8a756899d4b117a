import type { Exchange } from '../state/tenant.ts'
import { htmlPage } from './html-page.ts'

/** GET /: whether the API runs, for a person. Real Hanko's sentences (validate.txt, outage.txt) in a page of our own. */
export function getStatusPage({ databaseDown, url }: Exchange): Response {
  const status = databaseDown ? 500 : 200
  return new Response(databaseDown ? page(DOWN, url) : page(RUNNING, url), {
    status,
    headers: { 'Content-Type': 'text/html; charset=UTF-8' },
  })
}

interface Sight {
  tone: 'good' | 'bad'
  sentence: string
  more: string
}

const RUNNING: Sight = {
  tone: 'good',
  sentence: '✅ API is running.',
  more: 'This is an emulated Hanko for tests, demos and offline work. Accounts live in memory and end with the process.',
}

const DOWN: Sight = {
  tone: 'bad',
  sentence: '❌ API is not functioning properly due to database connectivity problems.',
  more: 'The outage is emulated: sessions are called invalid with status 200, and the key set answers 500.',
}

const ROUTES = [
  ['GET', '/.well-known/jwks.json', 'the keys that sessions are signed with'],
  ['POST', '/sessions/validate', 'a session token in the body'],
  ['GET', '/sessions/validate', 'a Bearer token or the cookie'],
  ['GET', '/me', 'the user of the session'],
  ['POST', '/login', 'begins the login flow'],
  ['POST', '/registration', 'begins the registration flow'],
  ['POST', '/logout', 'ends the session'],
] as const

function page({ tone, sentence, more }: Sight, url: URL): string {
  // In multi-tenant mode the page sits under the tenant, and so do the routes.
  const base = url.pathname.replace(/\/$/, '')
  const routes = ROUTES.map(
    ([method, path, what]) => `<li><code>${method} ${base}${path}</code><span>${what}</span></li>`,
  )
  return htmlPage(
    'API Integration Status',
    `<h1>API Status</h1>
<p class="status ${tone}">${sentence}</p>
<p class="dim">${more}</p>
<h2>Routes</h2>
<ul>
${routes.join('\n')}
</ul>
<h2>Faults and clock</h2>
<p class="dim">Switch them at <code>/_emulator/</code> of the admin server (Hanko’s port 8001), in a browser or by HTTP.</p>
<p class="dim">Check integration guides on <a href="https://docs.hanko.io" target="_blank" rel="noreferrer">docs.hanko.io</a></p>`,
  )
}
