/**
 * Who is signed in, as this page's own server says. An outage is a state of its own beside it: whoever was signed in
 * before still is, as far as anybody knows.
 *
 * @typedef {{ id: string, email: string | null }} User
 * @typedef {{
 *   user: User | null | undefined,
 *   outage: { of: 'sign-in' | 'server', retryAt: number } | undefined,
 * }} SessionState `user` is null when nobody is signed in, undefined while nobody knows
 */

const FIRST_DELAY = 1_000
const LONGEST_DELAY = 10_000
const PATIENCE = 8_000

/**
 * @param {object} options
 * @param {() => Promise<boolean>} options.isHankoUp asks Hanko itself
 * @param {(state: SessionState) => void} options.onChange
 */
export function createSession({ isHankoUp, onChange }) {
  /** @type {SessionState} */
  let state = { user: undefined, outage: undefined }
  /** Without a cookie our server answers 401 without asking Hanko: then only Hanko can say whether it is there. */
  let isHankoDoubted = true
  let failures = 0
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  /** @type {Promise<void> | undefined} */
  let running
  let asked = 0

  /** @param {SessionState} next */
  function change(next) {
    state = next
    onChange(state)
  }

  /** @param {'sign-in' | 'server'} of @param {number} retryAfter in seconds, 0 when the server did not say */
  function startOutage(of, retryAfter, user = state.user) {
    const backOff = Math.min(FIRST_DELAY * 2 ** failures++, LONGEST_DELAY) * (0.8 + Math.random() * 0.4)
    const delay = Math.max(backOff, retryAfter * 1_000)
    timer = setTimeout(check, delay)
    change({ user, outage: { of, retryAt: Date.now() + delay } })
  }

  /** @param {User | null} user */
  function settle(user) {
    failures = 0
    isHankoDoubted = false
    change({ user, outage: undefined })
  }

  async function ask() {
    clearTimeout(timer)
    const answer = await askServer()
    if (answer.status === 200) return settle(answer.user)
    if (answer.status === 0) return startOutage('server', 0)
    if (answer.status !== 401) return startOutage('sign-in', answer.retryAfter)
    if (isHankoDoubted && !(await isHankoUp())) return startOutage('sign-in', 0, null)
    settle(null)
  }

  async function answerAll() {
    let answered
    do {
      answered = asked
      await ask()
    } while (answered !== asked)
  }

  /** Asks now. A call while one is under way makes it ask once more, because something may have changed since. */
  function check() {
    asked++
    running ??= answerAll().finally(() => {
      running = undefined
    })
    return running
  }

  return {
    check,
    /** Something went wrong between the browser and Hanko: look whether it is there. */
    doubtHanko() {
      isHankoDoubted = true
      return check()
    },
    get state() {
      return state
    },
  }
}

/** @returns {Promise<{ status: number, user: User | null, retryAfter: number }>} status 0 for no answer */
async function askServer() {
  try {
    const response = await fetch('/api/me', { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE) })
    const user = response.ok ? await response.json() : null
    return { status: response.status, user, retryAfter: Number(response.headers.get('retry-after')) || 0 }
  } catch {
    return { status: 0, user: null, retryAfter: 0 }
  }
}
