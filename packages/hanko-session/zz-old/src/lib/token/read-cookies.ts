/**
 * The values of every cookie of one name, in order, without empty ones.
 *
 * Split and trimmed as RFC 6265, section 5.4, writes the header and section 5.2 trims its parts, and not
 * decoded: a cookie parser shows only the first of two cookies, and turns other spellings into a token.
 */
export function readCookies(header: string | undefined, name: string): string[] {
  if (header === undefined) return []
  const only = readOnly(header, name)
  return only === undefined ? splitCookies(header, name) : [only]
}

/**
 * The value, if the name stands in the header once outside of that value, and as the name of a cookie that is not
 * empty: then splitting all the others would find nothing else. `undefined` says nothing.
 */
export function readOnly(header: string, name: string): string | undefined {
  const at = header.indexOf(name)
  if (at === -1) return undefined
  let start = at
  while (start > 0 && isBlank(header.charCodeAt(start - 1))) start--
  if (start > 0 && header.charCodeAt(start - 1) !== SEMICOLON) return undefined
  const equals = at + name.length
  if (header.charCodeAt(equals) !== EQUALS) return undefined
  const semicolon = header.indexOf(';', equals)
  if (semicolon !== -1 && header.includes(name, semicolon)) return undefined
  const value = trim(header.slice(equals + 1, semicolon === -1 ? undefined : semicolon))
  return value === '' ? undefined : value
}

const SEMICOLON = 0x3b
const EQUALS = 0x3d

function splitCookies(header: string, name: string): string[] {
  const values: string[] = []
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=')
    if (equals === -1 || trim(pair.slice(0, equals)) !== name) continue
    const value = trim(pair.slice(equals + 1))
    if (value !== '') values.push(value)
  }
  return values
}

function trim(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isBlank(text.charCodeAt(start))) start++
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--
  return start === 0 && end === text.length ? text : text.slice(start, end)
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}
