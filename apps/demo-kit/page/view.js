import { find } from './elements.js'

/** @import { SessionState } from './session.js' */

const parts = {
  live: find('#live', HTMLElement),
  outage: find('#outage', HTMLElement),
  outageTitle: find('#outage-title', HTMLElement),
  outageText: find('#outage-text', HTMLElement),
  whoState: find('#who-state', HTMLElement),
  whoName: find('#who-name', HTMLElement),
  whoId: find('#who-id', HTMLElement),
  signOut: find('#sign-out', HTMLButtonElement),
  endElsewhere: document.querySelector('#end-elsewhere'),
  notice: find('#notice', HTMLElement),
}

const TITLES = {
  'sign-in': 'Sign-in service unavailable, retrying…',
  server: 'This demo’s server does not answer, retrying…',
}

/** @param {SessionState} state */
export function showSession({ user, outage }) {
  const kind = user ? 'in' : user === null ? 'out' : 'unknown'
  document.body.dataset.session = kind === 'unknown' && outage === undefined ? 'checking' : kind
  document.body.dataset.outage = outage?.of ?? 'none'
  parts.whoState.textContent = describe(kind, outage !== undefined)
  parts.whoName.textContent = user?.email ?? (user ? 'A user without an e-mail address' : '')
  parts.whoId.textContent = user ? user.id : ''
  parts.signOut.hidden = kind !== 'in'
  parts.endElsewhere?.toggleAttribute('hidden', kind !== 'in')
  showOutage(kind, outage)
}

/** @param {'in' | 'out' | 'unknown'} kind @param {boolean} isOutage */
function describe(kind, isOutage) {
  if (kind === 'in') return isOutage ? 'Signed in when last checked' : 'Signed in'
  if (kind === 'out')
    return isOutage
      ? 'Nobody is signed in here. You can sign in as soon as the service is back.'
      : 'Nobody is signed in here.'
  return isOutage ? 'Nobody can tell right now who is signed in.' : 'Asking this server who is signed in…'
}

/** @param {'in' | 'out' | 'unknown'} kind @param {SessionState['outage']} outage */
function showOutage(kind, outage) {
  const wasOutage = !parts.outage.hidden
  parts.outage.hidden = outage === undefined
  if (outage === undefined) {
    if (wasOutage) say('The sign-in service is back.')
    return
  }
  parts.outageTitle.textContent = TITLES[outage.of]
  parts.outageText.textContent = kind === 'out' ? 'Signing in has to wait.' : 'You have not been signed out.'
  if (!wasOutage) say(`${TITLES[outage.of]} ${parts.outageText.textContent}`)
}

/** For screen readers, which get no banner. @param {string} text */
function say(text) {
  parts.live.textContent = text
}

/** What came of an action of the user. @param {string} text */
export function showNotice(text) {
  parts.notice.textContent = text
}
