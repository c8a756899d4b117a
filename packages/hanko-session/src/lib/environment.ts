/** Cloudflare's: what a request has begun ends with it there, and whoever waits for that waits for ever. */
export function isOnWorkers(): boolean {
  return (globalThis as { navigator?: { userAgent?: string } }).navigator?.userAgent === 'Cloudflare-Workers'
}

/** Web runtimes need not have `process`; Node, Bun, Deno and Workers with node compatibility do. */
export function apiUrlFromEnvironment(): string | undefined {
  return (globalThis as { process?: { env?: Record<string, string | undefined> } }).process?.env?.['HANKO_API_URL']
}
