import type { Duration } from '../../duration.ts'
import type { EmulatorRoute } from '../request-log.ts'
import type { Fault, FaultTarget } from './fault-types.ts'

/** The switches for faults. */
export interface EmulatorFaults {
  /**
   * What goes wrong at a route from now on; replaces what was set there. Of several faults the first that is not yet
   * used up takes effect, so a list is a sequence; a latency takes effect beside the others.
   *
   * @example
   * ```ts
   * import { createHankoEmulator } from 'hanko-session/testing'
   *
   * const hanko = await createHankoEmulator()
   * hanko.faults.set('all', { kind: 'database', state: 'down' })
   * hanko.faults.set('validate', { kind: 'status', status: 429, headers: { 'Retry-After': '2' }, times: 1 }, { kind: 'hang' })
   * hanko.faults.clear()
   * ```
   */
  set(target: FaultTarget, ...faults: Fault[]): void
  /** Ends the faults of a route; of all routes without an argument. */
  clear(target?: FaultTarget): void
  /** Faults that are not used up, by route. */
  active(): Partial<Record<FaultTarget, Fault[]>>
}

/** What holds for one request. */
export interface FaultsMet {
  latencies: Duration[]
  /** A route's own faults come before those of `'all'`. */
  fault: Fault | undefined
}

interface Slot {
  fault: Fault
  left: number
}

const TARGETS: readonly string[] = [
  'validate',
  'jwks',
  'me',
  'logout',
  'login',
  'registration',
  'health',
  'status',
  'admin',
  'other',
  'all',
] satisfies FaultTarget[]
const KINDS: readonly string[] = [
  'latency',
  'hang',
  'status',
  'reset',
  'malformed',
  'endless',
  'redirect',
  'database',
  'stale-cache',
] satisfies Fault['kind'][]

export function createFaultRegistry(): EmulatorFaults & { meet(route: EmulatorRoute): FaultsMet } {
  const slots = new Map<FaultTarget, Slot[]>()
  const live = (target: FaultTarget): Slot[] => (slots.get(target) ?? []).filter((slot) => slot.left > 0)

  return {
    set(target, ...faults) {
      if (!TARGETS.includes(target)) throw new TypeError(`Unknown route for a fault: ${target}`)
      for (const { kind } of faults) if (!KINDS.includes(kind)) throw new TypeError(`Unknown kind of fault: ${kind}`)
      slots.set(
        target,
        faults.map((fault) => ({ fault, left: fault.times ?? Infinity })),
      )
    },
    clear(target) {
      if (target === undefined) slots.clear()
      else slots.delete(target)
    },
    active: () =>
      Object.fromEntries([...slots.keys()].map((target) => [target, live(target).map((slot) => slot.fault)])),
    meet(route) {
      const candidates = [...live(route), ...(route === 'admin' ? [] : live('all'))]
      const late = candidates.filter((slot) => slot.fault.kind === 'latency')
      const first = candidates.find((slot) => slot.fault.kind !== 'latency')
      for (const slot of [...late, ...(first === undefined ? [] : [first])]) slot.left--
      return {
        latencies: late.map((slot) => (slot.fault as Fault & { kind: 'latency' }).by),
        fault: first?.fault,
      }
    },
  }
}
