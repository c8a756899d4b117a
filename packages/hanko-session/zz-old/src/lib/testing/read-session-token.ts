/** The token of a validate request, or Hanko's refusal (validate.txt). */
export type TokenRequest = { token: string } | { status: 400 | 415; message: string }

const MISSING: TokenRequest = { status: 400, message: 'code=400, message=session_token is a required field' }

/** Reads `{"session_token": "..."}` as Go's decoder does: keys whatever their case, of duplicates the last, `null` is nothing. */
export async function readSessionToken(request: Request): Promise<TokenRequest> {
  const text = await request.text()
  if (text === '') return MISSING
  const type = (request.headers.get('Content-Type') ?? '').split(';', 1)[0]?.trim().toLowerCase()
  // A form is bound as well, but has no field of the name.
  if (type === 'application/x-www-form-urlencoded' || type === 'multipart/form-data') return MISSING
  if (type !== 'application/json') return { status: 415, message: 'Unsupported Media Type' }
  return readBody(text)
}

function readBody(text: string): TokenRequest {
  const whole = parse(text)
  if ('fault' in whole) return { status: 400, message: whole.fault }
  if (whole.value === null) return MISSING
  if (typeof whole.value !== 'object' || Array.isArray(whole.value)) {
    return mismatch('dto.ValidateSessionRequest', whole.value, '', text.trimStart())
  }
  let token = ''
  for (const { key, value, source, end } of members(text)) {
    if (key.toLowerCase() !== 'session_token' || value === null) continue
    if (typeof value !== 'string') return mismatch('string', value, 'session_token', source, end)
    token = value
  }
  return token === '' ? MISSING : { token }
}

function mismatch(expected: string, value: unknown, field: string, source: string, end = source.length): TokenRequest {
  const got = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
  // Go names the end of a number or string, but only the first bracket of an array or object.
  const offset = typeof value === 'object' ? end - source.length + 1 : end
  const message = `Unmarshal type error: expected=${expected}, got=${got}, field=${field}, offset=${offset}`
  return { status: 400, message }
}

interface Member {
  key: string
  value: unknown
  source: string
  /** Where the value ends in the text. */
  end: number
}

// JSON.parse shows neither duplicates nor positions, so the members of the outermost object are walked.
function* members(text: string): Generator<Member> {
  let at = text.indexOf('{') + 1
  for (;;) {
    at = skip(text, at, /[\s,]*/y)
    if (text[at] === '}' || at >= text.length) return
    const keyEnd = endOfString(text, at)
    const start = skip(text, keyEnd, /\s*:\s*/y)
    const end = endOfValue(text, start)
    const source = text.slice(start, end)
    yield { key: JSON.parse(text.slice(at, keyEnd)) as string, value: JSON.parse(source), source, end }
    at = end
  }
}

function endOfValue(text: string, start: number): number {
  let depth = 0
  let at = start
  do {
    const char = text[at]
    if (char === '"') at = endOfString(text, at)
    else if (char === '{' || char === '[') [depth, at] = [depth + 1, at + 1]
    else if (char === '}' || char === ']') [depth, at] = [depth - 1, at + 1]
    else at = skip(text, at, depth > 0 ? /[^"[\]{}]+/y : /[^\s,}\]]+/y)
  } while (depth > 0)
  return at
}

// No pattern: one for strings overflows the stack at the 20 MB that Hanko takes.
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); ; at = text.indexOf('"', at + 1)) {
    let escapes = 0
    while (text[at - 1 - escapes] === '\\') escapes++
    if (escapes % 2 === 0) return at + 1
  }
}

function skip(text: string, at: number, pattern: RegExp): number {
  pattern.lastIndex = at
  return at + (pattern.exec(text)?.[0].length ?? 0)
}

function parse(text: string): { value: unknown } | { fault: string } {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    // Only the end of a text that stops too early was observed; the words of other faults are Go's own.
    return { fault: stopsTooEarly(text) ? 'unexpected EOF' : 'Syntax error: invalid character' }
  }
}

/** Whether a bracket or a string is left open. Not asked of JSON.parse, whose messages differ between engines. */
function stopsTooEarly(text: string): boolean {
  let depth = 0
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (inString && char === '\\') at++
    else if (char === '"') inString = !inString
    else if (!inString && (char === '{' || char === '[')) depth++
    else if (!inString && (char === '}' || char === ']')) depth--
  }
  return inString || depth > 0
}
