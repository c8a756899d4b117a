import { find } from './elements.js'

/**
 * @typedef {{
 *   id: number, at: number, outcome: 'authenticated' | 'unauthenticated' | 'unavailable' | 'forbidden', reason?: string,
 *   credential?: 'bearer' | 'cookie' | 'connectionParams', source: 'request' | 'keys' | 'memory' | 'hanko', age?: number, duration: number,
 * }} Decision times in milliseconds
 * @typedef {{ decisions: Decision[], counters: Record<string, string | number> }} Board
 */

const PATIENCE = 8_000
const KINDS = { authenticated: 'good', unauthenticated: 'refused', unavailable: 'outage', forbidden: 'refused' }
const CREDENTIALS = { bearer: 'by bearer token', cookie: 'by cookie', connectionParams: 'by connection params' }
const SOURCES = { request: 'request', keys: 'keys', memory: 'memory', hanko: 'Hanko' }

/** The panel of the last decisions. Nothing in it moves: rows and counters only change what they say. */
export function createDecisions() {
  const rows = [...find('#decisions', HTMLTableSectionElement).rows]
  const counterElements = [...document.querySelectorAll('[data-counter]')]
  const isStill = window.matchMedia('(prefers-reduced-motion: reduce)')
  let newest = Infinity // what is there when the page comes is no news
  let asked = 0
  /** @type {Promise<void> | undefined} */
  let running

  /** @param {Board} board */
  function show({ decisions, counters }) {
    for (const element of counterElements) {
      const value = String(counters[element.getAttribute('data-counter') ?? ''])
      element.textContent = value
      element.toggleAttribute('data-alarm', value === 'open')
    }
    rows.forEach((row, at) => {
      const decision = decisions[at]
      if (decision === undefined) return
      showDecision(row, decision)
      if (decision.id > newest && !isStill.matches) flash(row)
    })
    newest = decisions[0]?.id ?? 0
  }

  async function askAll() {
    let answered
    do {
      answered = asked
      const board = await askServer()
      if (board !== undefined) show(board)
    } while (answered !== asked)
  }

  return {
    /** A call while one is under way makes it ask once more, because something was decided since. */
    refresh() {
      asked++
      running ??= askAll().finally(() => {
        running = undefined
      })
      return running
    },
  }
}

/** @returns {Promise<Board | undefined>} nothing when the server does not answer: the page says so elsewhere */
async function askServer() {
  try {
    const response = await fetch('/api/decisions', { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE) })
    return response.ok ? await response.json() : undefined
  } catch {
    return undefined
  }
}

/** @param {HTMLTableRowElement} row @param {Decision} decision */
function showDecision(row, decision) {
  const { at, outcome, reason, credential, source, duration } = decision
  const why = reason ?? (credential === undefined ? '' : CREDENTIALS[credential])
  /** @param {string} part @param {string} text */
  const write = (part, text) => {
    find(`.decision-${part}`, HTMLElement, row).textContent = text
  }
  row.dataset.kind = KINDS[outcome]
  row.dataset.source = source
  row.title = why // where there is no room for all of it
  write('outcome', outcome)
  write('why', why)
  write('source', SOURCES[source])
  write('age', describeAge(decision))
  write('took', toReadable(duration))
  write('time', new Date(at).toLocaleTimeString('en-GB'))
}

/** @param {Decision} decision */
function describeAge({ source, age }) {
  if (age !== undefined) return `${(age / 1_000).toFixed(age < 9_950 ? 1 : 0)} s old`
  return source === 'hanko' ? 'asked now' : 'nobody asked'
}

/** @param {number} milliseconds */
function toReadable(milliseconds) {
  if (milliseconds === 0) return '–' // it took no looking, and was not measured
  if (milliseconds >= 1) return `${milliseconds.toFixed(milliseconds < 9.95 ? 1 : 0)} ms`
  const maximumFractionDigits = milliseconds < 0.01 ? 1 : 0
  return `${(milliseconds * 1_000).toLocaleString('en', { maximumFractionDigits })} µs`
}

/** @param {HTMLElement} row */
function flash(row) {
  row.animate([{ backgroundColor: 'var(--flash)' }, { backgroundColor: 'transparent' }], 900)
}
