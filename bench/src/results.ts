import type { Ratio } from './measure.ts'

interface Figure {
  readonly value: number
  readonly goal: number
  readonly ok: boolean
}

/** What a run found: figures with a goal, and others that explain them. */
export interface Results {
  readonly figures: Record<string, Figure>
  /** Without a goal; nanoseconds, ratios and counts, as their names say. */
  readonly details: Record<string, number | string>
  /** Whether every control was quiet. */
  isValid: boolean
  atMost(name: string, goal: number, value: number): void
  atLeast(name: string, goal: number, value: number): void
  /** A control that was not quiet makes the times of a run invalid. */
  control(name: string, ratio: Ratio & { isQuiet: boolean }): void
}

/** Three significant figures, whole from 1,000 on. */
export function round(value: number): number {
  return Math.abs(value) >= 1_000 ? Math.round(value) : Number(value.toPrecision(3))
}

export function createResults(): Results {
  const figures: Record<string, Figure> = {}
  const details: Record<string, number | string> = {}
  const results: Results = {
    figures,
    details,
    isValid: true,
    atMost(name, goal, value) {
      figures[name] = { value: round(value), goal, ok: value <= goal }
    },
    atLeast(name, goal, value) {
      figures[name] = { value: round(value), goal, ok: value >= goal }
    },
    control(name, { baseNs, otherNs, control, isQuiet }) {
      details[`${name}.ns`] = round(baseNs)
      details[`${name}.otherNs`] = round(otherNs)
      details[`${name}.control`] = Number(control.toFixed(4))
      if (!isQuiet) results.isValid = false
    },
  }
  return results
}
