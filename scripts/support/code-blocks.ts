export interface CodeBlock {
  readonly language: string
  /** The line of the block's first line of code, from 1. */
  readonly line: number
  readonly code: string
}

/**
 * The fenced blocks of a markdown text. What a block needs but a reader does not, stands before it:
 *
 *     <!-- given
 *     declare const db: { find(id: string): string }
 *     -->
 */
export function listCodeBlocks(markdown: string): CodeBlock[] {
  const blocks: CodeBlock[] = []
  const fence = /(?:^<!-- given\n([\s\S]*?)^-->\n+)?^( *)```(\w+)[^\n]*\n([\s\S]*?)^ *```$/gm
  for (const { 0: whole, 1: given = '', 2: indent = '', 3: language = '', 4: code = '', index } of markdown.matchAll(
    fence,
  )) {
    const start = index + whole.lastIndexOf(code + indent + '```')
    // The lines given count upwards from the block, so that a compiler's line fits the file.
    const line = markdown.slice(0, start).split('\n').length - (given.split('\n').length - 1)
    blocks.push({ language, line, code: given + code.replaceAll(new RegExp(`^${indent}`, 'gm'), '') })
  }
  return blocks
}

/** The same out of the `@example` blocks of a module. */
export function listExamples(source: string): CodeBlock[] {
  return [...source.matchAll(/\/\*\*[\s\S]*?\*\//g)]
    .filter(([comment]) => comment.includes('@example'))
    .flatMap(({ 0: comment, index }) => {
      const offset = source.slice(0, index).split('\n').length - 1
      const text = comment.replaceAll(/^ *\* ?/gm, '')
      return listCodeBlocks(text).map((block) => ({ ...block, line: block.line + offset }))
    })
}
