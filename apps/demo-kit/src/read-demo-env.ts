/** How old an answer of Hanko's may be: `maxStaleness` of the validator, as far as a demo can have it. */
export type Bound = 0 | `${number}${'ms' | 's' | 'm' | 'h'}`

/** The library's own default, written out because the page shows it. */
const DEFAULT_BOUND = '30s' satisfies Bound

/** The settings of one demo, as a deployment gives them: environment variables. */
export interface DemoEnv {
  readonly port: number
  /** `HANKO_API_URL`: Hanko as this server sees it. */
  readonly hankoApiUrl: string
  /** `HANKO_PUBLIC_URL`: Hanko as the browser sees it. */
  readonly hankoPublicUrl: string
  /** `HANKO_ADMIN_URL`: Hanko's admin API, if the page may end a session there. Never give it to a real app's page. */
  readonly hankoAdminUrl: string | undefined
  /** Where the other demo is, for a link. */
  readonly otherDemoUrl: string
  /** `HANKO_MAX_STALENESS`: how long a session is served from memory. */
  readonly maxStaleness: Bound
}

export interface DemoDefaults {
  readonly port: number
  readonly otherDemoUrl: string
}

/** @throws {TypeError} that names the variable */
export function readDemoEnv(env: Record<string, string | undefined>, defaults: DemoDefaults): DemoEnv {
  const hankoApiUrl = env['HANKO_API_URL']
  if (!hankoApiUrl)
    throw new TypeError('HANKO_API_URL is not set: it says where Hanko is, for example http://localhost:8000')
  return {
    port: toPort(env['PORT'] || String(defaults.port)),
    hankoApiUrl,
    hankoPublicUrl: env['HANKO_PUBLIC_URL']
      ? toHttpUrl(env['HANKO_PUBLIC_URL'], 'HANKO_PUBLIC_URL')
      : toHttpUrl(hankoApiUrl, 'HANKO_API_URL'),
    hankoAdminUrl: env['HANKO_ADMIN_URL'] ? toHttpUrl(env['HANKO_ADMIN_URL'], 'HANKO_ADMIN_URL') : undefined,
    otherDemoUrl: toHttpUrl(env['OTHER_DEMO_URL'] || defaults.otherDemoUrl, 'OTHER_DEMO_URL'),
    maxStaleness: toBound(env['HANKO_MAX_STALENESS'] || DEFAULT_BOUND),
  }
}

function toPort(value: string): number {
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535) throw new TypeError('PORT must be a number from 0 to 65535')
  return Number(value)
}

function toBound(value: string): Bound {
  if (value === '0') return 0
  if (/^0*[1-9]\d{0,8}(?:ms|s|m|h)$/.test(value)) return value as Bound
  const hint = value === 'Infinity' ? '; Infinity needs an audience, which the demos do not have' : ''
  throw new TypeError(`HANKO_MAX_STALENESS must be 0, or a duration like 500ms, 30s, 5m${hint}`)
}

function toHttpUrl(value: string, name: string): string {
  if (!/^https?:\/\//.test(value) || !URL.canParse(value))
    throw new TypeError(`${name} must be a URL like http://localhost:8000`)
  return value.replace(/\/$/, '')
}
