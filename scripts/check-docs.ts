// Is the documentation true? Every ts block of the markdown files and every `@example` compiles as a reader's own
// file would, and every relative link leads somewhere.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type CodeBlock, listCodeBlocks, listExamples } from './support/code-blocks.ts'
import { runCommand } from './support/run-command.ts'
import { report } from './support/verdict.ts'
import { listFiles, listMembers, root } from './support/workspace.ts'

const folder = join(root, 'artifacts/check-docs')

interface Place {
  readonly path: string
  readonly line: number
}

const TYPED = new Set(['ts', 'tsx', 'typescript'])

/** `// server.ts` or `// quick-start/server.ts` as a block's first line names its file, for other blocks to import. */
const FILE_NAME = /^\s*\/\/ ([\w./-]+\.tsx?)\s*$/m

/** Writes a document's blocks side by side, and remembers where each came from. */
function writeBlocks(path: string, blocks: readonly CodeBlock[], places: Map<string, Place>): void {
  for (const [index, { code, language, line }] of blocks.entries()) {
    const named = FILE_NAME.exec(code.trimStart().split('\n')[0] ?? '')?.[1]
    const extension = language === 'tsx' ? 'tsx' : 'ts'
    const file = join(path.replaceAll(/[/.]/g, '-'), named ?? `block-${index + 1}.${extension}`)
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    // Without an import of its own a block would be a script, and share its names with the others.
    const isModule = /^(?:import|export)\b/m.test(code)
    writeFileSync(join(folder, file), isModule ? code : `${code}\nexport {}\n`)
    places.set(file, { path, line })
  }
}

/** A reader has installed what our packages and demos have: everything any member can import. */
function linkDependencies(): void {
  const target = join(folder, 'node_modules')
  const members = [...listMembers('packages'), ...listMembers('apps')].map((member) => member.folder)
  for (const source of [root, ...members].map((member) => join(member, 'node_modules'))) {
    for (const name of existsSync(source) ? readdirSync(source) : []) {
      if (name.startsWith('.')) continue
      const scoped = name.startsWith('@') ? readdirSync(join(source, name)).map((inner) => join(name, inner)) : [name]
      for (const dependency of scoped) {
        if (existsSync(join(target, dependency))) continue
        mkdirSync(dirname(join(target, dependency)), { recursive: true })
        symlinkSync(join(source, dependency), join(target, dependency))
      }
    }
  }
}

async function compileBlocks(places: ReadonlyMap<string, Place>): Promise<string[]> {
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: '../../tsconfig.base.json',
      compilerOptions: {
        noEmit: true,
        declaration: false,
        types: ['node'],
        jsx: 'preserve',
        // Readers write `./hanko.js` as well as `./hanko.ts`.
        allowImportingTsExtensions: true,
      },
      include: ['**/*.ts', '**/*.tsx'],
    }),
  )
  const { code, stdout, stderr } = await runCommand('tsc', ['--pretty', 'false', '-p', folder], { cwd: folder })
  if (code === 0) return []
  return (stdout + stderr)
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [, file, row, rest] = /^(.+?)\((\d+),\d+\): (.*)$/.exec(line) ?? []
      const place = file === undefined ? undefined : places.get(file)
      return place === undefined ? line : `${place.path}:${place.line + Number(row) - 1}: ${rest}`
    })
}

/** As GitHub makes an anchor of a heading. */
const toAnchor = (heading: string): string =>
  heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-')

const FENCED = /^ *```[\s\S]*?^ *```$/gm
const INLINE = /`[^`\n]+`/g

/** Blanked letter by letter, so that what is left keeps its place. */
const without = (pattern: RegExp, markdown: string): string =>
  markdown.replaceAll(pattern, (code) => code.replaceAll(/[^\n]/g, ' '))

const listAnchors = (markdown: string): string[] =>
  [...without(FENCED, markdown).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => toAnchor(heading))

function checkLinks(path: string, markdown: string): string[] {
  const prose = without(INLINE, without(FENCED, markdown))
  const links = [...prose.matchAll(/\]\(([^)\s]+)[^)]*\)|(?:href|src)="([^"]+)"/g)]
  return links.flatMap(({ 1: inline, 2: attribute, index }) => {
    const link = inline ?? attribute ?? ''
    if (/^(?:[a-z][a-z+.-]*:|\/\/)/i.test(link)) return []
    const [target = '', anchor] = decodeURI(link).split('#')
    const file = target === '' ? path : join(dirname(path), target)
    const place = `${path}:${markdown.slice(0, index).split('\n').length}`
    if (!existsSync(join(root, file))) return [`${place}: ${link} leads nowhere`]
    if (anchor === undefined || !file.endsWith('.md')) return []
    return listAnchors(readFileSync(join(root, file), 'utf8')).includes(anchor) ? [] : [`${place}: ${link} has no such heading`]
  })
}

rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })

const places = new Map<string, Place>()
const problems: string[] = []
const documents = listFiles('*.md').filter((path) => !path.startsWith('e2e/fixtures/'))
for (const path of documents) {
  const markdown = readFileSync(join(root, path), 'utf8')
  const blocks = listCodeBlocks(markdown).filter(({ language }) => TYPED.has(language))
  writeBlocks(path, blocks, places)
  problems.push(...checkLinks(path, markdown))
}
for (const path of listFiles('packages/*/src/**/*.ts').filter((name) => !/\.test(?:-d)?\.ts$/.test(name))) {
  writeBlocks(path, listExamples(readFileSync(join(root, path), 'utf8')), places)
}
linkDependencies()
if (places.size > 0) problems.push(...(await compileBlocks(places)))

report(`${places.size} code blocks compile, and the links of ${documents.length} documents lead somewhere`, problems)
