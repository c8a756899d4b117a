import { find } from './elements.js'

/**
 * @typedef {object} Server
 * @property {string} name
 * @property {string} url
 * @property {number} status
 *
 * @typedef {object} Lag
 * @property {string} name
 * @property {boolean} isFirst
 * @property {number | undefined} lag
 */

const parts = {
  live: find('#live', HTMLElement),
  who: find('#who', HTMLElement),
  signIn: find('#sign-in', HTMLButtonElement),
  redis: find('#redis', HTMLButtonElement),
  redisState: find('#redis-state', HTMLElement),
  redisText: find('#redis-text', HTMLElement),
}
const EVERY = 1_000
/** An action under way: what the servers say meanwhile is shown when it is over. */
const action = { isUnderWay: false }
const isBusy = () => action.isUnderWay

/** @param {string} name */
const card = (name) => find(`[data-server="${name}"]`, HTMLElement)

/** @param {string} path @param {'GET' | 'POST'} [method] */
async function call(path, method = 'POST') {
  const response = await fetch(path, { method })
  if (!response.ok) throw new Error(`${path} answered ${response.status}`)
  return response.json()
}

/** @param {{ servers: Server[], isRedisUp: boolean, bound: number }} state */
function show({ servers, isRedisUp, bound }) {
  const signedIn = servers.filter(({ status }) => status === 200).length
  document.body.dataset['session'] = signedIn > 0 ? 'in' : 'out'
  parts.who.textContent =
    signedIn === servers.length
      ? 'Signed in as ada@example.com at all servers'
      : signedIn > 0
        ? `Signed in at ${signedIn} of ${servers.length} servers`
        : 'Nobody is signed in here.'
  parts.signIn.disabled = signedIn > 0
  for (const { name, url, status } of servers) {
    const element = card(name)
    element.dataset['answer'] = status === 200 ? 'in' : status === 401 ? 'out' : 'down'
    find(`[data-server="${name}"] .server-url`, HTMLElement).textContent = new URL(url).host
    find(`[data-server="${name}"] .server-answer`, HTMLElement).textContent =
      status === 200
        ? '200: lets you in'
        : status === 401
          ? '401: refuses you'
          : status === 0
            ? 'does not answer'
            : `${status}: cannot tell`
    find(`[data-server="${name}"] button`, HTMLButtonElement).disabled = status !== 200
  }
  parts.redis.disabled = false
  parts.redis.textContent = isRedisUp ? 'Stop Redis' : 'Start Redis'
  parts.redisState.textContent = isRedisUp ? 'Running.' : 'Stopped.'
  parts.redisText.textContent = isRedisUp
    ? 'What one server learns, all know within milliseconds, and one call to Hanko serves all.'
    : `Each server goes on alone: who is signed out elsewhere is refused within ${bound / 1_000} s, as promised.`
}

/** @param {Lag[]} lags */
function showLags(lags) {
  for (const { name, isFirst, lag } of lags) {
    find(`[data-server="${name}"] .server-lag strong`, HTMLElement).textContent = lag === undefined ? '–' : toText(lag)
    find(`[data-server="${name}"] .server-lag span`, HTMLElement).textContent = isFirst
      ? 'You signed out here'
      : 'until it refused you'
  }
  const slowest = Math.max(...lags.map(({ lag = 0 }) => lag))
  parts.live.textContent = `Signed out everywhere after ${toText(slowest)}`
}

/** @param {number} lag */
const toText = (lag) => (lag < 100 ? `${lag.toFixed(1)} ms` : `${Math.round(lag).toLocaleString('en')} ms`)

async function refresh() {
  if (isBusy()) return
  const state = await call('/api/servers', 'GET').catch(() => undefined)
  if (state !== undefined && !isBusy()) show(state)
}

/** @param {() => Promise<void>} work */
async function act(work) {
  if (isBusy()) return
  action.isUnderWay = true
  for (const button of document.querySelectorAll('button')) button.disabled = true
  await work().catch(() => undefined)
  action.isUnderWay = false
  await refresh()
}

parts.signIn.addEventListener('click', () => {
  void act(async () => {
    await call('/api/sign-in')
    for (const text of document.querySelectorAll('.server-lag strong')) text.textContent = '–'
    for (const text of document.querySelectorAll('.server-lag span')) text.textContent = 'Not signed out yet'
  })
})
parts.redis.addEventListener('click', () => {
  void act(() => call('/api/redis'))
})
for (const element of document.querySelectorAll('[data-server]')) {
  const name = element.getAttribute('data-server') ?? ''
  element.querySelector('button')?.addEventListener('click', () => {
    void act(async () => {
      for (const text of document.querySelectorAll('.server-lag span')) text.textContent = 'waiting for its refusal…'
      showLags((await call(`/api/sign-out?at=${encodeURIComponent(name)}`)).lags)
    })
  })
}

await refresh()
setInterval(refresh, EVERY)
