/** Over the page, with a sign-in form of its own: what was asked for goes on when the user has signed in again. */
export function renderStepUp(): string {
  return `  <dialog class="step-up" id="step-up" aria-labelledby="step-up-title">
    <h2 id="step-up-title">Sign in again</h2>
    <p id="step-up-text"></p>
    <div class="form" id="step-up-form"></div>
    <button type="button" class="quiet" id="step-up-cancel">Cancel</button>
  </dialog>`
}
