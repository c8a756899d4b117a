import { find } from './elements.js'

/**
 * Hanko's login element, and what it needs to survive an outage.
 *
 * @typedef {{ logout(): Promise<void> }} Hanko the part of the SDK that is used here
 */

const ELEMENTS = '/hanko-elements.js'
/** How long the element may take to show its first form: when that call fails, it says so to nobody. */
const PATIENCE = 4_000
/** A form that breaks at once is not drawn again at once. */
const PAUSE = 2_000

/**
 * @param {object} options
 * @param {string} options.hankoUrl
 * @param {() => void} options.onSessionChange Hanko says that a session began or ended: ask the own server
 * @param {() => void} options.onSuccess somebody has just signed in
 * @param {() => void} options.onTrouble the element, or the SDK's own check of the session, did not reach Hanko
 */
export async function createSignInForm({ hankoUrl, onSessionChange, onSuccess, onTrouble }) {
  const home = find('#form', HTMLElement)
  /** There is one form at a time: two would share what the SDK keeps. */
  let place = home
  const template = find('#form-template', HTMLTemplateElement)
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  let isBroken = false
  let drawnAt = -Infinity

  function breakDown() {
    isBroken = place.childElementCount > 0
    clearTimeout(timer)
    timer = setTimeout(onTrouble, isBroken ? drawnAt + PAUSE - performance.now() : 0)
  }

  // On the document: listeners on the element would go with it, and `hanko.on...` can miss a sign-in that follows a
  // sign-out within a second.
  for (const name of [
    'hanko-session-created',
    'hanko-session-expired',
    'hanko-user-logged-out',
    'hanko-user-deleted',
  ]) {
    document.addEventListener(name, onSessionChange)
  }
  document.addEventListener('hanko-after-state-change', (event) => {
    const state = /** @type {CustomEvent<{ state?: { name?: string } } | null>} */ (event).detail?.state?.name
    if (state === 'error') return breakDown()
    clearTimeout(timer)
    if (state !== 'success') return
    onSuccess()
    onSessionChange()
  })
  // The only sign that the form is frozen: it got an answer that it does not understand, or none.
  window.addEventListener('unhandledrejection', (event) => {
    if (!String(event.reason?.stack).includes(ELEMENTS)) return
    event.preventDefault()
    breakDown()
  })

  /** @type {{ register(url: string): Promise<{ hanko: Hanko }> }} */
  const elements = await import(ELEMENTS)
  const { hanko } = await elements.register(hankoUrl)

  function draw() {
    isBroken = false
    drawnAt = performance.now()
    place.replaceChildren(document.importNode(template.content, true))
    clearTimeout(timer)
    timer = setTimeout(breakDown, PATIENCE)
  }

  function clear() {
    clearTimeout(timer)
    isBroken = false
    place.replaceChildren()
  }

  return {
    hanko,
    show() {
      if (isBroken || place.childElementCount === 0) draw()
    },
    hide() {
      if (place === home) clear()
    },
    /** Somewhere else, until it is hidden from there. @param {HTMLElement} elsewhere */
    showIn(elsewhere) {
      clear()
      place = elsewhere
      draw()
    },
    /** @param {HTMLElement} elsewhere */
    hideFrom(elsewhere) {
      if (place !== elsewhere) return
      clear()
      place = home
    },
  }
}

/**
 * Whether Hanko works. Its keys are what tells: with its database down, the rest goes on answering 200.
 *
 * @param {string} hankoUrl
 */
export async function isHankoUp(hankoUrl) {
  try {
    const response = await fetch(`${hankoUrl}/.well-known/jwks.json?probe=${crypto.randomUUID()}`, {
      cache: 'no-store',
      signal: AbortSignal.timeout(PATIENCE),
    })
    return response.ok
  } catch {
    return false
  }
}
