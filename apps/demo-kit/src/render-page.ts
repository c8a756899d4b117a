import type { DemoPageOptions } from './create-demo-page.ts'
import type { Operation } from './operation.ts'
import { renderDecisions } from './render-decisions.ts'
import { renderStepUp } from './render-step-up.ts'

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')

/** Everything has its place from the start, so that nothing moves when the answers come. */
export function renderPage(options: DemoPageOptions, nonce: string): string {
  const { title, lead, hankoPublicUrl, demos, operations, client, endsSessions = false } = options
  const others = demos.filter((demo) => demo.title !== title)
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <meta name="hanko-url" content="${escape(hankoPublicUrl)}">
${client === undefined ? '' : '  <meta name="api-client" content="/client.js">\n'}  <title>${escape(title)} demo · hanko-session</title>
  <link rel="icon" href="/favicon.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/page.css" nonce="${nonce}">
  <script type="module" src="/main.js"></script>
</head>
<body data-session="checking">
  <p class="visually-hidden" id="live" role="status"></p>
  <div class="outage" id="outage" hidden>
    <span class="outage-mark" aria-hidden="true">!</span>
    <p><strong id="outage-title">Sign-in service unavailable, retrying…</strong> <span id="outage-text"></span></p>
    <button type="button" id="retry">Try now</button>
  </div>
  <header class="top">
    <span class="brand">hanko-session</span>
    <nav aria-label="Demos">
      ${demos.map((demo) => renderLink(demo.url, demo.title, demo.title === title ? ' aria-current="page"' : '')).join('\n      ')}
    </nav>
  </header>
  <main>
    <div class="intro">
      <h1>${escape(title)} demo</h1>
      <p>${escape(lead)}</p>
    </div>
    <section class="session" aria-labelledby="session-title">
      <h2 id="session-title">Session</h2>
      <div class="session-card">
        <div class="who" id="who">
          <p class="who-state" id="who-state">Asking this server who is signed in…</p>
          <p class="who-name" id="who-name"></p>
          <p class="who-id" id="who-id"></p>
          <p class="hint">The same session counts at the ${others.map((demo) => renderLink(demo.url, `${demo.title} demo`)).join(', ')}: both are on localhost, where cookies are shared by all ports.</p>
        </div>
        <div class="form" id="form"></div>
        <template id="form-template"><hanko-auth nonce="${nonce}"></hanko-auth></template>
        <p class="notice" id="notice" role="status"></p>
        <div class="session-buttons">
          <button type="button" class="quiet" id="sign-out" hidden>Sign out</button>${endsSessions ? END_ELSEWHERE : ''}
        </div>
      </div>
    </section>
    <section class="operations" aria-labelledby="operations-title">
      <h2 id="operations-title">Operations</h2>
${operations.map(renderOperation).join('\n')}
    </section>
${renderDecisions()}
  </main>
${renderStepUp()}
  <noscript><p class="noscript">This page calls its API with JavaScript: please switch it on.</p></noscript>
</body>
</html>
`
}

function renderLink(url: string, text: string, attributes = ''): string {
  return `<a href="${escape(url)}"${attributes}>${escape(text)}</a>`
}

/** An operator's doing, which the page is not told of. */
const END_ELSEWHERE = `
          <button type="button" class="quiet" id="end-elsewhere" hidden>End this session elsewhere</button>`

function renderOperation(operation: Operation, index: number): string {
  const { name, summary, access, request, input, call, verb = input === undefined ? 'Call' : 'Add' } = operation
  const id = `operation-${index}`
  const detail =
    request.detail === undefined
      ? ''
      : `
          <p class="answer-detail"><code>${escape(request.detail)}</code></p>`
  const field =
    input === undefined
      ? ''
      : `<label class="visually-hidden" for="${id}-input">${escape(input.label)}</label>
          <input id="${id}-input" type="text" placeholder="${escape(input.label)}" maxlength="${input.maxLength}" required autocomplete="off">`
  return `      <article class="operation" data-operation="${escape(name)}" data-request="${escape(JSON.stringify(request))}"${call === undefined ? '' : ` data-call="${call}"`}>
        <form>
          <div class="operation-text">
            <h3 id="${id}"><code>${escape(name)}</code> <span class="access" data-access="${access}">${access}</span></h3>
            <p>${escape(summary)}</p>
          </div>
          ${field}
          <button type="submit" aria-describedby="${id}">${escape(verb)}</button>
        </form>
        <div class="answer" aria-live="${call === 'subscription' ? 'off' : 'polite'}" aria-labelledby="${id}">
          <p class="answer-line"><code>${request.method} ${escape(request.path)}</code> <span class="pill" data-kind="none">not called yet</span></p>${detail}
          <pre tabindex="0" aria-label="Answer of ${escape(name)}" hidden></pre>
        </div>
      </article>`
}
