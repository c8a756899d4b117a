import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { listCodeBlocks } from '../../scripts/support/code-blocks.ts'
import { listImports } from '../../scripts/support/imports.ts'
import { listFiles, root } from '../../scripts/support/workspace.ts'
import { type Places, writeBlocks } from '../../scripts/support/written-blocks.ts'

export interface QuickStart {
  readonly document: string
  readonly file: string
  /** How the server of this document is asked who is signed in; without one the file just runs to its end. */
  readonly call?: readonly string[]
}

const TRPC = ['GET', '/me']
const YOGA = ['POST', '/graphql', JSON.stringify({ query: '{ me { id } }' })]

/** Method, path and body of the protected operation that a server has: by its document, or its folder in there. */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  'packages/hanko-session/README.md': ['GET', '/'],
  'packages/hanko-session-trpc/README.md': TRPC,
  'packages/hanko-session-yoga/README.md': YOGA,
  'quick-start/trpc': TRPC,
  'quick-start/yoga': YOGA,
}

function callOf(document: string, file: string): readonly string[] {
  const call = CALLS[document] ?? Object.entries(CALLS).find(([folder]) => file.includes(`/${folder}/`))?.[1]
  if (call === undefined) throw new Error(`${document} has a quick-start that CALLS does not know: ${file}`)
  return call
}

/** A block that begins with `// quick-start/server.ts` is started and called; other `quick-start/` files run to their end. */
export function writeQuickStarts(folder: string, places: Places): QuickStart[] {
  return listReadmes().flatMap((document) => {
    const files = writeBlocks(folder, document, listCodeBlocks(readReadme(document)), places)
    const isImported = (file: string): boolean => {
      const name = file.split('/').at(-1) ?? ''
      return listCodeBlocks(readReadme(document)).some(({ code }) => code.includes(`from './${name}'`))
    }
    return files
      .filter((file) => file.includes('/quick-start/') && !isImported(file))
      .map((file) =>
        file.endsWith('/server.ts') ? { document, file, call: callOf(document, file) } : { document, file },
      )
  })
}

/** What the documents tell a reader to install, or import without a word, ours aside. */
export function listInstalls(): string[] {
  const names = listReadmes().flatMap((document) => {
    const markdown = readReadme(document)
    const commands = [...markdown.matchAll(/^\s*(?:npm (?:install|i)|pnpm add|yarn add) ([^#\n]+)/gm)]
    const imports = listCodeBlocks(markdown).flatMap(({ code }) => listImports(code))
    return [
      ...commands.flatMap(([, installed = '']) => installed.trim().split(/\s+/)),
      ...imports.map(({ specifier }) => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? ''),
    ]
  })
  return [...new Set(names)].filter((name) => /^[@a-z]/.test(name) && !/^(?:hanko-session|node:)/.test(name)).toSorted()
}

const listReadmes = (): string[] => listFiles('README.md', 'packages/*/README.md')

const readReadme = (document: string): string => readFileSync(join(root, document), 'utf8')
