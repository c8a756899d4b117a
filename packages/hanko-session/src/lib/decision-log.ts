import type { AuthState, Forbidden } from './auth-state.ts'
import type { Reason } from './errors.ts'
import { LINES, MINUTE, OUTAGES, SHORT } from './log-lines.ts'
import type { Settings, TokenSource } from './options.ts'

/** Called as `logger.warn(fields, message)`: pino and `console` both fit. */
export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** One check, for metrics and tracing. It never holds a token, a cookie or a claim. */
export interface Decision {
  /** `forbidden` stands beside the check: a rule of the app refused the session that it found. */
  readonly outcome: (AuthState | Forbidden)['status']
  /** Absent when authenticated. */
  readonly reason?: Reason
  /** Where the token stood; `argument` for `validate(token)`. Absent when there was none. */
  readonly credential?: TokenSource | 'argument'
  /**
   * Who gave the answer: the request by itself, Hanko's keys, this process's memory, another process by the shared
   * store, or Hanko, who was asked. Only the last costs a call to it.
   */
  readonly source: 'request' | 'keys' | 'memory' | 'store' | 'hanko'
  /** How long ago Hanko had been asked, in milliseconds; for sessions from memory. */
  readonly age?: number
  /** Milliseconds from the start of the check. */
  readonly duration: number
  readonly userId?: string
  readonly sessionId?: string
  /** Whose Hanko decided, with `createTenantValidator`. Absent for what is no tenant, or none that is known yet. */
  readonly tenant?: string
}

export interface DecisionLog {
  decided(decision: Decision): void
  /** A cookie came from an origin that is not trusted. */
  crossSite(decision: Decision, origin: string | undefined): void
  /** Something that concerns no request: at start-up, or in the background. Written once in ten seconds. */
  note(level: keyof Logger, message: string): void
  /** A user has several live sessions in one request. */
  severalSessions(): void
}

type Level = keyof Logger

/** Whether a reason is worth a warning, or more. */
export function isWarned(reason: Reason): boolean {
  const { level } = LINES[reason]
  return level === 'warn' || level === 'error'
}

/** Writes decisions for people (the logger) and for machines (`onDecision`), without ever failing a request. */
export function createDecisionLog({
  logger,
  onDecision,
  clock,
}: Pick<Settings, 'logger' | 'onDecision' | 'clock'>): DecisionLog {
  const limits = new Map<string, { until: number; suppressed: number }>()
  let isHankoDown = false

  function write(level: Level, fields: object, message: string): void {
    unharmed(() => logger[level](fields, `hanko-session: ${message}`))
  }

  /** Writes a line unless its like was written within `every` ms; the next one says how many were left out. */
  function writeLimited(key: string, every: number, level: Level, fields: object, message: string): void {
    if (every === 0) return write(level, fields, message)
    const now = clock.monotonic()
    const limit = limits.get(key)
    if (limit !== undefined && now < limit.until) {
      limit.suppressed++
      return
    }
    limits.set(key, { until: now + every, suppressed: 0 })
    write(level, limit?.suppressed ? { ...fields, suppressed: limit.suppressed } : fields, message)
  }

  function emit(decision: Decision): void {
    unharmed(() => onDecision?.(Object.freeze(decision)))
  }

  function logReason(reason: Reason, decision: Decision, extra?: object): void {
    const { level, every, message } = LINES[reason]
    const { credential, source, age, duration, tenant } = decision
    const fields = { reason, credential, source, age, duration, ...(tenant === undefined ? {} : { tenant }), ...extra }
    if (OUTAGES.has(reason) && !isHankoDown) {
      isHankoDown = true
      return writeLimited('outage', SHORT, 'error', fields, message)
    }
    writeLimited(reason, every, level, fields, message)
  }

  return {
    decided(decision) {
      emit(decision)
      if (decision.source === 'hanko' && decision.outcome !== 'unavailable' && isHankoDown) {
        isHankoDown = false
        writeLimited('outage over', SHORT, 'warn', {}, 'Hanko answers again')
      }
      if (decision.reason === undefined) {
        const { userId, sessionId, credential, source, age, duration, tenant } = decision
        const ofTenant = tenant === undefined ? {} : { tenant }
        write('debug', { userId, sessionId, credential, source, age, duration, ...ofTenant }, 'authenticated')
      } else logReason(decision.reason, decision)
    },
    crossSite(decision, origin) {
      emit(decision)
      logReason('cross_site', decision, { origin: toLoggableOrigin(origin) })
    },
    note: (level, message) => writeLimited(message, SHORT, level, {}, message),
    severalSessions() {
      writeLimited(
        'several',
        MINUTE,
        'warn',
        {},
        'a request has several live sessions of one user, the newest is taken: is the cookie set for two domains?',
      )
    },
  }
}

/** A broken log is no reason to refuse anybody, to let anybody in, or to end the process: it may be asynchronous, too. */
function unharmed(tell: () => unknown): void {
  try {
    const told = tell()
    if (told instanceof Promise) told.catch(() => {})
  } catch {
    // See above.
  }
}

/** A client may write anything there: only an origin is worth a line. */
function toLoggableOrigin(origin: string | undefined): string {
  if (origin === undefined || origin.length > 253 || !URL.canParse(origin)) return 'unknown'
  return new URL(origin).origin
}
