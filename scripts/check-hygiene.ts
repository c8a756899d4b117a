// Is anything in the repository that must not leave somebody's machine? Tokens, keys, paths, hosts, build output.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { report } from './support/verdict.ts'
import { listFiles, root } from './support/workspace.ts'

interface Rule {
  readonly problem: string
  readonly pattern: RegExp
  readonly exempt?: RegExp
}

const FIXTURES = /^e2e\/fixtures\//

const RULES: readonly Rule[] = [
  // A token, not the three letters: a test may well look for those.
  { problem: 'holds a token', pattern: /\beyJ[\w-]{6,}/, exempt: FIXTURES },
  { problem: 'holds a private key', pattern: /-----BEGIN (?:\w+ )*PRIVATE KEY/ },
  { problem: 'holds a private JWK', pattern: /"d"\s*:\s*"[\w-]{32,}"/ },
  { problem: 'names a path of one machine', pattern: /(?<![\w.\-/])\/(?:work|root|home|Users)\/[\w.]/ },
  { problem: 'names a package registry', pattern: /\bregistry\.[a-z][\w-]*\.[a-z]/ },
]

const BUILT = /(?:^|\/)(?:node_modules|dist|artifacts|coverage|\.turbo)\/|\.(?:tgz|tsbuildinfo|log)$/

const files = listFiles()
const problems = files.filter((path) => BUILT.test(path)).map((path) => `${path}: is built, not written`)

for (const path of files) {
  const text = readFileSync(join(root, path), 'utf8')
  if (text.includes('\0')) continue
  for (const { problem, pattern, exempt } of RULES) {
    const match = exempt?.test(path) ? null : pattern.exec(text)
    // The place, never the find: this output is a log too.
    if (match !== null) problems.push(`${path}:${text.slice(0, match.index).split('\n').length}: ${problem}`)
  }
}

report(`${files.length} files hold no token, key, machine path, registry or build output`, problems)
