import { isCrossSite } from './check-origin.ts'
import type { Settings, TokenSource } from './options.ts'
import type { RequestInput } from './request-input.ts'
import { type Candidates, readCredential, toCandidates } from './token/read-candidates.ts'
import { type RequestFacts, toRequestFacts } from './token/request-facts.ts'

/** What a request says by itself: steps 1 to 3. Nothing is looked at before somebody asks. */
export interface Reading {
  readonly facts: RequestFacts | undefined
  readonly source: TokenSource | undefined
  /** The text of its one token, whatever its shape. Only what was verified is in memory: there it may be looked up. */
  readonly text: string | undefined
  readonly candidates: () => Candidates
  /** Whether its cookie may not be used for work that changes state. */
  readonly isCrossSite: () => boolean
}

const MALFORMED: Candidates = { source: undefined, tokens: 'malformed_credentials' }

const UNREADABLE: Reading = {
  facts: undefined,
  source: undefined,
  text: undefined,
  candidates: () => MALFORMED,
  isCrossSite: () => false,
}

export function readRequest(request: RequestInput, settings: Settings): Reading {
  try {
    const facts = toRequestFacts(request)
    if (facts === undefined) return UNREADABLE
    const credential = readCredential(facts, settings)
    const { source, texts } = credential
    let candidates: Candidates | undefined
    return {
      facts,
      source,
      text: typeof texts !== 'string' && texts.length === 1 ? texts[0] : undefined,
      candidates: () => (candidates ??= toCandidates(credential)),
      isCrossSite: () => settings.originCheck && source === 'cookie' && isForeign(facts, settings),
    }
  } catch {
    return UNREADABLE // a getter or a Proxy threw
  }
}

function isForeign(facts: RequestFacts, settings: Settings): boolean {
  try {
    return isCrossSite(facts, settings)
  } catch {
    return true // see above; who cannot be asked is not trusted
  }
}
