/**
 * The API URL without a trailing slash; its path (a tenant) is kept.
 *
 * @throws {TypeError} for anything that could send a token somewhere unexpected. The value is not
 * repeated: it may hold credentials.
 */
export function toApiUrl(value: string | undefined, allowPlainHttp: boolean): string {
  if (value === undefined)
    throw new TypeError('apiUrl is missing: pass it, or set the environment variable HANKO_API_URL')
  const refuse = (why: string): never => {
    throw new TypeError(`apiUrl (or HANKO_API_URL) ${why}`)
  }
  // Printable ASCII only: a look-alike host has to be written in its punycode form to be used.
  if (
    typeof value !== 'string' ||
    !/^https?:\/\/[\x21-\x7e]+$/i.test(value) ||
    value.includes('\\') ||
    !URL.canParse(value)
  ) {
    return refuse("must be an absolute URL like 'https://<project>.hanko.io', in ASCII")
  }
  const url = new URL(value)
  if (url.username !== '' || url.password !== '' || value.includes('@')) return refuse('must not hold credentials')
  if (value.includes('?') || value.includes('#')) return refuse('must not have a query or a fragment')
  const path = value.replace(/^https?:\/\/[^/]*/i, '')
  if (path.includes('%') || /\/\.{1,2}(\/|$)/.test(path) || path.includes('//'))
    return refuse('must have a plain path, without dots, percent signs or empty parts')
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && !allowPlainHttp) {
    return refuse(
      'is plain http to another machine, which would send tokens in the clear: use https, or pass allowPlainHttp: true',
    )
  }
  return `${url.origin}${url.pathname}`.replace(/\/$/, '')
}

/** RFC 6761, section 6.3, and RFC 1122, section 3.2.1.3. */
function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname)
  )
}
