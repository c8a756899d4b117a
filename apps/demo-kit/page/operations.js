import { find } from './elements.js'
import { wireFeed } from './feed.js'

/** @import { ApiClient } from '../src/api-client.ts' */

/** @typedef {{ method: string, path: string, body?: object, accept?: string }} OperationRequest */

const PATIENCE = 15_000

/**
 * Makes the forms of the operations work.
 *
 * @param {ApiClient | undefined} client
 * @param {(status: number) => void} onAnswer told the HTTP status of each answer, 0 for none
 */
export function wireOperations(client, onAnswer) {
  for (const operation of document.querySelectorAll('.operation')) {
    const kind = client === undefined ? null : operation.getAttribute('data-call')
    if (client !== undefined && kind === 'subscription') {
      wireFeed(operation, client, onAnswer)
      continue
    }
    const form = find('form', HTMLFormElement, operation)
    const input = form.querySelector('input')
    /** @type {OperationRequest} */
    const request = JSON.parse(operation.getAttribute('data-request') ?? '')
    let calls = 0

    async function call() {
      const mine = ++calls
      operation.setAttribute('aria-busy', 'true')
      find('pre', HTMLPreElement, operation).hidden = false
      const answer =
        client !== undefined && (kind === 'query' || kind === 'mutation')
          ? await callClient(client, kind, operation.getAttribute('data-operation') ?? '', request, input?.value)
          : await send(request, input?.value)
      if (mine !== calls) return // a later click has the word
      operation.removeAttribute('aria-busy')
      showAnswer(operation, answer)
      if (input !== null && answer.status === 200) input.value = ''
      onAnswer(answer.status)
    }

    form.addEventListener('submit', (event) => {
      event.preventDefault()
      void call()
    })
  }
}

/**
 * @param {ApiClient} client
 * @param {'query' | 'mutation'} kind
 * @param {string} name
 * @param {OperationRequest} request
 * @param {string | undefined} input
 */
async function callClient(client, kind, name, { body }, input) {
  const started = performance.now()
  const { status, word, body: answer } = await client.call(kind, name, body && JSON.parse(toBody(body, input)))
  return {
    status,
    line: status === 0 ? word : `${status} ${word}`,
    text: JSON.stringify(answer, null, 2),
    duration: performance.now() - started,
  }
}

/** @param {object} body @param {string | undefined} input */
function toBody(body, input) {
  return JSON.stringify(body, (_key, value) => (value === '$input' ? input : value))
}

/**
 * @param {OperationRequest} request
 * @param {string | undefined} input
 */
async function send({ method, path, body, accept }, input) {
  const started = performance.now()
  try {
    const response = await fetch(path, {
      method,
      cache: 'no-store',
      signal: AbortSignal.timeout(PATIENCE),
      headers: {
        accept: accept ?? 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: toBody(body, input) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      line: `${response.status} ${response.statusText}`,
      text: indent(text),
      duration: performance.now() - started,
    }
  } catch {
    return {
      status: 0,
      line: 'no answer',
      text: 'This demo’s server did not answer.',
      duration: performance.now() - started,
    }
  }
}

/** @param {string} text */
function indent(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

/**
 * @param {Element} operation
 * @param {Awaited<ReturnType<typeof send>>} answer
 */
function showAnswer(operation, { status, line, text, duration }) {
  const pill = find('.pill', HTMLElement, operation)
  const took = document.createElement('span')
  took.className = 'pill-duration'
  took.textContent = ` · ${Math.round(duration)} ms`
  pill.replaceChildren(line, took)
  pill.dataset.kind = status === 0 ? 'outage' : status < 400 ? 'good' : status < 500 ? 'refused' : 'outage'
  pill.dataset.status = String(status)
  find('pre', HTMLPreElement, operation).textContent = text
}
