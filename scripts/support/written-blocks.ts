import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { CodeBlock } from './code-blocks.ts'

/** Which document, and which line of it, a written file begins with. */
export type Places = Map<string, { readonly path: string; readonly line: number }>

const TYPED = new Set(['ts', 'tsx', 'typescript'])

/** `// hanko.ts` or `// quick-start/server.ts` as a block's first line names its file, for other blocks to import. */
const FILE_NAME = /^\/\/ ([\w./-]+\.tsx?)$/

/** Writes a document's TypeScript blocks side by side. Returns the names of those that have one. */
export function writeBlocks(folder: string, path: string, blocks: readonly CodeBlock[], places: Places): string[] {
  const names: string[] = []
  for (const [index, { code, language, line }] of blocks.entries()) {
    if (!TYPED.has(language)) continue
    const named = FILE_NAME.exec(code.split('\n')[0] ?? '')?.[1]
    const extension = language === 'tsx' ? 'tsx' : 'ts'
    const file = join(path.replaceAll(/[/.]/g, '-'), named ?? `block-${index + 1}.${extension}`)
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    // Without an import of its own a block would be a script, and share its names with the others.
    const isModule = /^(?:import|export)\b/m.test(code)
    writeFileSync(join(folder, file), isModule ? code : `${code}\nexport {}\n`)
    places.set(file, { path, line })
    if (named !== undefined) names.push(file)
  }
  return names
}

/** A compiler's complaints about written files, at the lines of the documents they came from. */
export function toDocumentLines(output: string, places: Places): string[] {
  return output
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [, file, row, rest] = /^(.+?)\((\d+),\d+\): (.*)$/.exec(line) ?? []
      const place = file === undefined ? undefined : places.get(file)
      return place === undefined ? line : `${place.path}:${place.line + Number(row) - 1}: ${rest}`
    })
}
