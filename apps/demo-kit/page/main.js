import { createDecisions } from './decisions.js'
import { find } from './elements.js'
import { wireOperations } from './operations.js'
import { createSession } from './session.js'
import { createSignInForm, isHankoUp } from './sign-in-form.js'
import { createStepUp } from './step-up.js'
import { showNotice, showSession } from './view.js'

/** @import { ApiClient, CreateApiClient } from '../src/api-client.ts' */

const hankoUrl = find('meta[name=hanko-url]', HTMLMetaElement).content
const signOut = find('#sign-out', HTMLButtonElement)

const decisions = createDecisions()
const session = createSession({ isHankoUp: () => isHankoUp(hankoUrl), onChange: draw })
const loading = createSignInForm({
  hankoUrl,
  onSessionChange: () => void session.check(),
  onSuccess: () => stepUp?.sessionBegan(),
  onTrouble: () => void session.doubtHanko(),
})
/** @type {Awaited<typeof loading> | undefined} */
let form
/** @type {ReturnType<typeof createStepUp> | undefined} */
let stepUp

function draw(state = session.state) {
  void decisions.refresh() // whatever changed, was decided
  if (!state.user || state.outage === undefined) showNotice('') // what it said is over
  showSession(state)
  if (form === undefined || state.user === undefined) return
  if (state.user !== null) form.hide()
  // In an outage a new form could only say so, for ever. One that is there may hold what the user typed.
  else if (state.outage === undefined) form.show()
}

/** @param {number} status */
function noteAnswer(status) {
  void decisions.refresh()
  const { user, outage } = session.state
  const isNews = status === 401 ? user !== null : status === 0 || status >= 500 || outage !== undefined
  if (isNews) void session.check()
}

/** @returns {Promise<ApiClient | undefined>} the API's own, where it has one */
async function loadClient() {
  const path = document.querySelector('meta[name=api-client]')?.getAttribute('content')
  if (!path) return undefined
  /** @type {{ default: CreateApiClient }} */
  const { default: create } = await import(path)
  return create({
    onSignedOut: () => void session.check(),
    async signInAgain(needs) {
      stepUp ??= createStepUp(await loading)
      const isDone = await stepUp.ask(needs)
      draw() // a form may be due where it was before
      return isDone
    },
  })
}

async function endSession() {
  showNotice('')
  signOut.disabled = true
  const { hanko } = await loading
  const isSent = await hanko.logout().then(
    () => true,
    () => false,
  )
  // Hanko's word is not enough: with its database down it says 401, which the SDK takes for "signed out".
  await session.check()
  signOut.disabled = false
  const { user, outage } = session.state
  if (!user) return
  if (isSent && outage === undefined) showNotice('You are still signed in. Please try again.')
  else showNotice('You could not be signed out: the sign-in service is unavailable. Please try again when it is back.')
}

signOut.addEventListener('click', () => void endSession())
find('#retry', HTMLButtonElement).addEventListener('click', () => void session.check())
// The other demo has the same cookie, and the SDK here learns nothing of a sign-in or sign-out there.
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') void session.check()
})
window.addEventListener('online', () => void session.check())

const endElsewhere = document.querySelector('#end-elsewhere')
endElsewhere?.addEventListener('click', () => void endSessionElsewhere())

/** Of which this page is told nothing: it finds out when it asks, and what streams when it is checked. */
async function endSessionElsewhere() {
  const isEnded = await fetch('/api/end-session', { method: 'POST' }).then(
    ({ ok }) => ok,
    () => false,
  )
  showNotice(isEnded ? '' : 'The session could not be ended. Please try again.')
  void decisions.refresh()
}

async function start() {
  wireOperations(await loadClient(), noteAnswer)
  await session.check()
  form = await loading
  draw()
}

void start()
