import { find } from './elements.js'

/** @import { ApiClient } from '../src/api-client.ts' */

const LINES = 5

/**
 * Makes the button of a subscription open and close it, and shows what comes.
 *
 * @param {Element} operation
 * @param {ApiClient} client
 * @param {(status: number) => void} onEnd told the HTTP status that it ended with
 */
export function wireFeed(operation, client, onEnd) {
  const name = operation.getAttribute('data-operation') ?? ''
  const button = find('button', HTMLButtonElement, operation)
  const pill = find('.pill', HTMLElement, operation)
  const text = find('pre', HTMLPreElement, operation)
  const verb = button.textContent
  /** @type {(() => void) | undefined} */
  let close
  let events = 0

  /** @param {string} kind @param {string} label @param {number} [status] */
  function show(kind, label, status) {
    pill.textContent = label
    pill.dataset.kind = kind
    if (status === undefined) delete pill.dataset.status
    else pill.dataset.status = String(status)
  }

  /** @param {string} line */
  function write(line) {
    const time = new Date().toLocaleTimeString('en-GB')
    text.textContent = [`${time}  ${line}`, ...text.textContent.split('\n')].slice(0, LINES).join('\n')
  }

  function stop() {
    close?.()
    close = undefined
    button.textContent = verb
  }

  function start() {
    events = 0
    text.hidden = false
    text.textContent = ''
    button.textContent = 'Close'
    show('none', 'opening…')
    close = client.open(name, {
      onEvent(event) {
        events++
        show('live', `live · ${events} ${events === 1 ? 'event' : 'events'}`)
        write(describe(event))
      },
      onReconnect: () => show('outage', 'connecting again…'),
      onEnd({ status, word, body }) {
        stop()
        show(status >= 500 || status === 0 ? 'outage' : 'refused', `ended · ${status} ${word}`, status)
        write(`The feed has ended. ${messageOf(body)}`)
        onEnd(status)
      },
    })
  }

  find('form', HTMLFormElement, operation).addEventListener('submit', (event) => {
    event.preventDefault()
    if (close === undefined) return start()
    stop()
    show('none', 'closed')
  })
}

/** @param {unknown} event */
function describe(event) {
  return Object.entries(/** @type {object} */ (event))
    .map(([key, value]) => `${key} ${JSON.stringify(value)}`)
    .join(', ')
}

/** @param {unknown} body */
function messageOf(body) {
  const { message } = /** @type {{ message?: string }} */ (body ?? {})
  return message ?? ''
}
