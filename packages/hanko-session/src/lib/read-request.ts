import { isCrossSite } from './check-origin.ts'
import type { Settings } from './options.ts'
import { type Candidates, readCandidates } from './token/read-candidates.ts'
import { type RequestFacts, type RequestInput, toRequestFacts } from './token/request-facts.ts'

/** What a request says by itself: steps 1 to 3. */
export interface Reading {
  readonly facts: RequestFacts | undefined
  readonly candidates: Candidates
  /** Whether its cookie may not be used for work that changes state. */
  readonly isCrossSite: boolean
}

const UNREADABLE: Reading = {
  facts: undefined,
  candidates: { source: undefined, tokens: 'malformed_credentials' },
  isCrossSite: false,
}

export function readRequest(request: RequestInput, settings: Settings): Reading {
  try {
    const facts = toRequestFacts(request)
    if (facts === undefined) return UNREADABLE
    const candidates = readCandidates(facts, settings)
    const isBound = settings.originCheck && candidates.source === 'cookie'
    return { facts, candidates, isCrossSite: isBound && isCrossSite(facts, settings) }
  } catch {
    return UNREADABLE // a getter or a Proxy threw
  }
}
