/** The routes by which requests are counted and faults are set. */
export type EmulatorRoute =
  | 'validate'
  | 'jwks'
  | 'me'
  | 'logout'
  | 'login'
  | 'registration'
  | 'health'
  | 'status'
  | 'admin'
  | 'other'

/** One request that reached the emulator. Holds no header, body or query, so no token. */
export interface LoggedRequest {
  method: string
  /** Without the query. */
  path: string
  route: EmulatorRoute
  /** The emulator's time, in milliseconds since the epoch. */
  at: number
}

/** What was asked of the emulator, oldest first; preflights, refused and faulted requests included. */
export interface RequestLog {
  readonly entries: readonly LoggedRequest[]
  /** How many requests met this route, and this method if one is named; all requests without arguments. */
  count(route?: EmulatorRoute, method?: string): number
  clear(): void
}

export function createRequestLog(): RequestLog & { add(entry: LoggedRequest): void } {
  let entries: LoggedRequest[] = []
  return {
    get entries() {
      return entries
    },
    add(entry) {
      entries.push(entry)
    },
    count: (route, method) =>
      entries.filter((e) => (route === undefined || e.route === route) && (method === undefined || e.method === method))
        .length,
    clear() {
      entries = []
    },
  }
}
