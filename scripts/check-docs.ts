// Is the documentation true? Every ts block of the markdown files and every `@example` compiles as a reader's own
// file would, what is quoted of a file is what is there, and every relative link leads somewhere, on npm too.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { listCodeBlocks, listExamples } from './support/code-blocks.ts'
import { runCommand } from './support/run-command.ts'
import { report } from './support/verdict.ts'
import { listFiles, listMembers, root } from './support/workspace.ts'
import { type Places, toDocumentLines, writeBlocks } from './support/written-blocks.ts'

const folder = join(root, 'artifacts/check-docs')

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

async function compileBlocks(places: Places): Promise<string[]> {
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
  return toDocumentLines(stdout + stderr, places)
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
    const [, member] = /^(packages\/[^/]+\/)/.exec(path) ?? []
    if (member !== undefined && !file.startsWith(member)) return [`${place}: ${link} leads nowhere on npm`]
    if (anchor === undefined || !file.endsWith('.md')) return []
    return listAnchors(readFileSync(join(root, file), 'utf8')).includes(anchor)
      ? []
      : [`${place}: ${link} has no such heading`]
  })
}

/** What stands behind `<!-- file: ... -->` is that file, which is tested where it lies. */
function checkQuotes(path: string, markdown: string): string[] {
  const quotes = markdown.matchAll(/^<!-- file: (\S+) -->\n+```\w+\n([\s\S]*?)^```$/gm)
  return [...quotes].flatMap(({ 1: file = '', 2: code }) => {
    const isSame = existsSync(join(root, file)) && readFileSync(join(root, file), 'utf8') === code
    return isSame ? [] : [`${path}: what it quotes of ${file} is not what is there`]
  })
}

rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })

const places: Places = new Map()
const problems: string[] = []
const documents = listFiles('*.md').filter((path) => !path.startsWith('e2e/fixtures/'))
for (const path of documents) {
  const markdown = readFileSync(join(root, path), 'utf8')
  const blocks = listCodeBlocks(markdown)
  writeBlocks(folder, path, blocks, places)
  problems.push(...checkLinks(path, markdown), ...checkQuotes(path, markdown))
}
for (const path of listFiles('packages/*/src/**/*.ts').filter((name) => !/\.test(?:-d)?\.ts$/.test(name))) {
  writeBlocks(folder, path, listExamples(readFileSync(join(root, path), 'utf8')), places)
}
linkDependencies()
if (places.size > 0) problems.push(...(await compileBlocks(places)))

report(`${places.size} code blocks compile, and the links of ${documents.length} documents lead somewhere`, problems)
