import type { Fault } from '../faults/fault-types.ts'
import { htmlPage } from './html-page.ts'

const FAULTS: readonly (readonly [string, Fault])[] = [
  ['Database down', { kind: 'database', state: 'down' }],
  ['No answer', { kind: 'hang' }],
  ['Slow by 2 s', { kind: 'latency', by: '2s' }],
  ['503', { kind: 'status', status: 503 }],
  ['Connection reset', { kind: 'reset' }],
]
const ADVANCES = ['5m', '1h', '12h'] as const

/** GET /_emulator/: the switches for a person; the script calls the same routes that a test calls. */
export function controlPage(): Response {
  const faults = FAULTS.map(
    ([name, fault]) =>
      `<button data-method="POST" data-path="faults" data-body='${JSON.stringify({ target: 'all', fault })}'>${name}</button>`,
  )
  const advances = ADVANCES.map(
    (advance) =>
      `<button data-method="POST" data-path="clock" data-body='${JSON.stringify({ advance })}'>+ ${advance}</button>`,
  )
  const html = htmlPage(
    'Emulated Hanko: controls',
    `<h1>Emulated Hanko</h1>
<p class="dim">Switches of the emulator. A real Hanko has no such page.</p>
<h2>What goes wrong, for every public route</h2>
<div>${faults.join('\n')}
<button data-method="DELETE" data-path="faults">All is well</button></div>
<pre id="faults" aria-live="polite"></pre>
<h2>Clock</h2>
<p class="dim">Hanko's alone. A server that keeps another time refuses who signs in after it was put forward: to them the session begins in the future.</p>
<div>${advances.join('\n')}</div>
<pre id="clock" aria-live="polite"></pre>
<h2>Last requests</h2>
<pre id="requests"></pre>
<script type="module">${SCRIPT}</script>`,
  )
  return new Response(html, { headers: { 'Content-Type': 'text/html; charset=UTF-8' } })
}

const SCRIPT = `
const show = (id, text) => { document.getElementById(id).textContent = text }
const read = async (path) => (await fetch(path)).json()
async function refresh() {
  const active = Object.entries(await read('faults')).flatMap(([target, faults]) => faults.map((f) => target + ': ' + JSON.stringify(f)))
  show('faults', active.join('\\n') || 'Nothing: Hanko answers as it should.')
  show('clock', new Date((await read('clock')).now).toISOString())
  const requests = (await read('requests')).slice(-10).reverse()
  show('requests', requests.map((r) => new Date(r.at).toISOString().slice(11, 19) + ' ' + r.method + ' ' + r.path).join('\\n') || 'None yet.')
}
addEventListener('click', async ({ target }) => {
  const { method, path, body } = target.dataset
  if (path === undefined) return
  await fetch(path, { method, body })
  await refresh()
})
await refresh()
setInterval(refresh, 2000)
`
