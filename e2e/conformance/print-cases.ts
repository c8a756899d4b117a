// The suite as one JSON document, for implementations that TypeScript cannot reach.
import { SUITES } from './all-suites.ts'
import { PEOPLE, POLICIES, SHOWN } from './callers.ts'
import { mistakes } from './cases/mistakes.ts'

console.log(
  JSON.stringify({ people: PEOPLE, policies: POLICIES, shown: SHOWN, suites: SUITES, mistakes }, undefined, 2),
)
