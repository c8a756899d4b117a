/**
 * The values of every cookie of one name, in order, without empty ones.
 *
 * Split and trimmed as RFC 6265, section 5.4, writes the header and section 5.2 trims its parts, and not
 * decoded: a cookie parser shows only the first of two cookies, and turns other spellings into a token.
 */
export function readCookies(header: string | undefined, name: string): string[] {
  if (header === undefined) return []
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
  return text.slice(start, end)
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}
