import { find } from './elements.js'

/**
 * The dialog in which the user signs in again.
 *
 * @param {{ showIn(place: HTMLElement): void, hideFrom(place: HTMLElement): void }} form
 */
export function createStepUp(form) {
  const dialog = find('#step-up', HTMLDialogElement)
  const place = find('#step-up-form', HTMLElement)
  /** @type {((isDone: boolean) => void) | undefined} */
  let settle

  /** @param {boolean} isDone */
  function close(isDone) {
    settle?.(isDone)
    settle = undefined
    form.hideFrom(place)
    dialog.close()
  }

  find('#step-up-cancel', HTMLButtonElement).addEventListener('click', () => close(false))
  dialog.addEventListener('cancel', () => close(false)) // Escape

  return {
    /** @param {{ maxAge?: number, amr?: readonly string[] }} needs @returns {Promise<boolean>} */
    ask(needs) {
      settle?.(false)
      find('#step-up-text', HTMLElement).textContent = describe(needs)
      form.showIn(place)
      if (!dialog.open) dialog.showModal()
      return new Promise((resolve) => {
        settle = resolve
      })
    },
    /** A session began: what this dialog waits for, if it is open. */
    sessionBegan() {
      if (settle !== undefined) close(true)
    },
    get isOpen() {
      return dialog.open
    },
  }
}

/** @param {{ maxAge?: number, amr?: readonly string[] }} needs */
function describe({ maxAge, amr }) {
  const ways = amr === undefined ? '' : ` with ${amr.join(' or ')}`
  const age = maxAge === undefined ? '' : ` within the last ${maxAge} seconds`
  return `This can only be done by somebody who signed in${ways}${age}. What you asked for goes on as soon as you have.`
}
