/** Everything has its place from the start, so that nothing moves when the answers come. */
export function renderFleetPage(names: readonly string[], bound: number): string {
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>Fleet demo · hanko-session</title>
  <link rel="icon" href="/favicon.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/page.css">
  <link rel="stylesheet" href="/fleet.css">
  <script type="module" src="/fleet.js"></script>
</head>
<body data-session="checking">
  <p class="visually-hidden" id="live" role="status"></p>
  <header class="top"><span class="brand">hanko-session</span></header>
  <main class="fleet">
    <div class="intro">
      <h1>Three servers, one truth</h1>
      <p>Each is a process of its own and remembers your session for ${bound / 1_000} s. Sign out at one: the other two hear of it through Redis.</p>
    </div>
    <section aria-labelledby="session-title">
      <h2 id="session-title">Session</h2>
      <div class="fleet-card fleet-session">
        <p class="who-state" id="who">Asking the servers…</p>
        <button type="button" id="sign-in" disabled>Sign in as Ada</button>
      </div>
    </section>
    <section aria-labelledby="servers-title">
      <h2 id="servers-title">Servers</h2>
      <div class="servers">
${names.map(renderServer).join('\n')}
      </div>
    </section>
    <section aria-labelledby="redis-title">
      <h2 id="redis-title">Redis</h2>
      <div class="fleet-card fleet-redis">
        <p><strong id="redis-state">Running</strong> <span id="redis-text"></span></p>
        <button type="button" class="quiet" id="redis" disabled>Stop Redis</button>
      </div>
    </section>
  </main>
  <noscript><p class="noscript">This page calls its servers with JavaScript: please switch it on.</p></noscript>
</body>
</html>
`
}

function renderServer(name: string): string {
  return `        <article class="fleet-card server" data-server="${name}" data-answer="none">
          <header><h3>${name}</h3> <span class="server-url"></span></header>
          <p class="server-answer">–</p>
          <p class="server-lag"><strong>–</strong> <span>Not signed out yet</span></p>
          <button type="button" disabled>Sign out here</button>
        </article>`
}
