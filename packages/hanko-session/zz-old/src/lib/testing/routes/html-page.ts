/** A page of the emulator: readable on a phone and a desk, light and dark. `main` is HTML. */
export function htmlPage(title: string, main: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${title}</title>
  <style>${STYLE}</style>
</head>
<body>
<main>
${main}
</main>
</body>
</html>
`
}

// No font and no image: pages work offline.
const STYLE = `
:root { color-scheme: light dark; --ground: #f6f8fa; --box: #fff; --text: #1f2328; --dim: #59636e; --line: #d1d9e0;
  --good: #1a7f37; --bad: #cf222e; --link: #0969da }
@media (prefers-color-scheme: dark) { :root { --ground: #0d1117; --box: #161b22; --text: #e6edf3; --dim: #9198a1;
  --line: #3d444d; --good: #3fb950; --bad: #ff7b72; --link: #4493f8 } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; padding: clamp(16px, 5vw, 64px); background: var(--ground); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif }
main { max-width: 680px; margin: 0 auto; padding: clamp(20px, 4vw, 36px); background: var(--box);
  border: 1px solid var(--line); border-radius: 12px }
h1 { margin: 0 0 16px; font-size: 1.5rem; line-height: 1.25 }
h2 { margin: 32px 0 8px; font-size: 1rem }
.status { margin: 0; padding: 12px 16px; border: 1px solid currentColor; border-radius: 8px; font-weight: 600 }
.good { color: var(--good) } .bad { color: var(--bad) }
.dim { color: var(--dim) }
ul { margin: 0; padding: 0; list-style: none }
li { padding: 10px 0; border-top: 1px solid var(--line); overflow-wrap: anywhere }
pre { margin: 8px 0 0; padding: 12px 16px; border: 1px solid var(--line); border-radius: 8px; white-space: pre-wrap;
  overflow-wrap: anywhere }
code, pre { font: 0.875rem/1.5 ui-monospace, monospace }
li span { display: block; color: var(--dim); font-size: 0.875rem }
button { min-height: 44px; margin: 0 8px 8px 0; padding: 0 16px; border: 1px solid var(--line); border-radius: 8px;
  background: var(--ground); color: var(--text); font: inherit; cursor: pointer }
button:focus-visible { outline: 2px solid var(--link); outline-offset: 2px }
a { color: var(--link) } a:focus-visible { outline: 2px solid; outline-offset: 2px }
`
