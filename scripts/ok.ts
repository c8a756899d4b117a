// One command says ok: every check, then every test. All of them run, so that one run says all that is wrong.
// The last line of standard output is the tests' closing line, in which each failed check counts as failed.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from './support/run-command.ts'
import { root } from './support/workspace.ts'

interface Check {
  readonly name: string
  readonly command: readonly [string, ...string[]]
}

const CHECKS: readonly Check[] = [
  { name: 'format', command: ['oxfmt', '--check'] },
  { name: 'lint', command: ['oxlint', '--type-aware', '--format=unix'] },
  { name: 'types', command: ['tsc', '--noEmit', '--pretty', 'false', '-p', 'tsconfig.json'] },
  { name: 'page types', command: ['tsc', '--pretty', 'false', '-p', 'apps/demo-kit/page'] },
  { name: 'layers', command: ['node', 'scripts/check-layers.ts'] },
  { name: 'dead code', command: ['knip', '--no-progress'] },
  { name: 'hygiene', command: ['node', 'scripts/check-hygiene.ts'] },
  { name: 'docs', command: ['node', 'scripts/check-docs.ts'] },
  { name: 'exports', command: ['node', 'scripts/check-exports.ts'] },
  { name: 'runtimes', command: ['node', '--conditions=@hanko-session/source', 'e2e/runtimes/check-runtimes.ts'] },
  { name: 'packed', command: ['node', 'e2e/packed/check-packed.ts'] },
]

const CLOSING_LINE = /^(\d+) passed, (\d+) failed$/m

/** How every JWT begins: no output, log or artifact of the run may hold one. */
const TOKEN = 'eyJ'

const failed: string[] = []
let output = ''

async function runCheck({ name, command: [file, ...args] }: Check): Promise<void> {
  const start = performance.now()
  const { code, stdout, stderr } = await runCommand(file, args, { env: { NO_COLOR: '1', FORCE_COLOR: '0' } })
  output += stdout + stderr
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name.padEnd(10)} ${seconds.padStart(5)} s`)
  if (code === 0) {
    for (const warning of stdout.split('\n').filter((line) => line.startsWith('warning: ')))
      console.log(`       ${warning}`)
    return
  }
  failed.push(name)
  console.log((stdout + stderr).trimEnd().replaceAll(/^/gm, '       '))
}

/** Shows the tests as they run, and keeps their closing line back. */
async function runTests(): Promise<{ passed: number; failed: number; code: number }> {
  let held = ''
  const { code, stdout, stderr } = await runCommand('vitest', ['run'], {
    onOutput(text, stream) {
      if (stream === 'stderr') {
        process.stderr.write(text)
        return
      }
      const lines = (held + text).split('\n')
      held = lines.pop() ?? ''
      for (const line of lines) if (!CLOSING_LINE.test(line)) process.stdout.write(`${line}\n`)
    },
  })
  if (held !== '') process.stdout.write(`${held}\n`)
  output += stdout + stderr
  const closing = CLOSING_LINE.exec(stdout)
  // Without a closing line the run fell over, whatever the exit code says.
  return closing === null
    ? { passed: 0, failed: 1, code: 1 }
    : { passed: Number(closing[1]), failed: Number(closing[2]), code }
}

/** Screenshots aside, artifacts are text: pages and logs of the run. */
function listTokenArtifacts(folder: string): string[] {
  return (
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      // Compressed pixels spell anything by chance; what a page says is looked for in its text, by the browser tests.
      .filter(
        (name) => !name.includes('node_modules') && !name.endsWith('.png') && statSync(join(folder, name)).isFile(),
      )
      .filter((name) => readFileSync(join(folder, name), 'latin1').includes(TOKEN))
  )
}

for (const check of CHECKS) await runCheck(check)

const tests = await runTests()

const leaks = listTokenArtifacts(join(root, 'artifacts')).map((name) => `artifacts/${name}`)
if (output.includes(TOKEN)) leaks.push('the output of this run')
if (leaks.length > 0) failed.push('no token')
for (const leak of leaks) console.log(`FAILED no token: found in ${leak}`)

if (failed.length > 0) console.log(`FAILED checks: ${failed.join(', ')}`)
console.log(`${tests.passed} passed, ${tests.failed + failed.length} failed`)
process.exitCode = failed.length > 0 || tests.code !== 0 || tests.failed > 0 ? 1 : 0
