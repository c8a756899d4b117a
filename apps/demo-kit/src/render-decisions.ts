import { DECISIONS_SHOWN } from './create-decision-board.ts'

/** In the order of the page: the name in `/api/decisions`, and what it is called. */
const COUNTERS: readonly (readonly [name: string, label: string])[] = [
  ['calls', 'Calls to Hanko'],
  ['sessions', 'Sessions known'],
  ['memory', 'Memory'],
  ['inFlight', 'In flight'],
  ['keys', 'Signing keys'],
  ['breaker', 'Breaker'],
]

/** The panel of the last decisions, with a place for each from the start. */
export function renderDecisions(): string {
  return `    <section class="decisions" aria-labelledby="decisions-title">
      <h2 id="decisions-title">Last decisions</h2>
      <div class="decisions-card">
        <dl class="counters">
${COUNTERS.map(renderCounter).join('\n')}
        </dl>
        <table>
          <caption class="visually-hidden">The last decisions of this server, newest first</caption>
          <thead>
            <tr><th scope="col">Outcome</th><th scope="col">Answer from</th><th scope="col">Took, at</th></tr>
          </thead>
          <tbody id="decisions">
${Array.from({ length: DECISIONS_SHOWN }, () => ROW).join('\n')}
          </tbody>
        </table>
        <p class="decisions-note">Everybody’s, newest first, without names. A real app sends them to its metrics and would not publish them.</p>
      </div>
    </section>`
}

const ROW = `            <tr data-kind="none">
              <td><span class="decision-outcome"></span> <span class="decision-why"></span></td>
              <td><span class="decision-source"></span> <span class="decision-age"></span></td>
              <td><span class="decision-took"></span> <span class="decision-time"></span></td>
            </tr>`

function renderCounter([name, label]: (typeof COUNTERS)[number]): string {
  return `          <div><dt>${label}</dt><dd data-counter="${name}">–</dd></div>`
}
