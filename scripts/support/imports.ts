export interface Import {
  readonly specifier: string
  readonly line: number
}

// TypeScript 7 has no JavaScript API. The formatter leaves one shape of import, so an expression finds them all.
const STATIC = /^(?:import|export)\b(?:[^'"`;=]*?\bfrom)?\s*'([^']+)'/gm
const DYNAMIC = /\bimport\(\s*'([^']+)'\s*\)/g

/** Everything a module imports or re-exports, types included. */
export function listImports(source: string): Import[] {
  const code = withoutComments(source)
  return [...code.matchAll(STATIC), ...code.matchAll(DYNAMIC)].map((match) => ({
    specifier: match[1] ?? '',
    line: code.slice(0, match.index + match[0].length).split('\n').length,
  }))
}

/** Blanks comments, and keeps every line where it is. Strings are matched first: `'https://'` is no comment. */
export function withoutComments(source: string): string {
  return source.replaceAll(
    /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g,
    (part) => (part.startsWith('/') ? part.replaceAll(/[^\n]/g, ' ') : part),
  )
}
