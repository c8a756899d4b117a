import { isCrossSite } from './check-origin.ts'
import type { Settings } from './options.ts'
import type { RequestInput } from './request-input.ts'
import { type Candidates, type Credential, readCredential, toCandidates } from './token/read-candidates.ts'
import { type RequestFacts, toRequestFacts } from './token/request-facts.ts'

/** What a request says by itself: steps 1 to 3. What costs something is looked at when somebody asks. */
export interface Reading {
  readonly facts: RequestFacts | undefined
  readonly credential: Credential
  candidates: Candidates | undefined
}

const UNREADABLE: Credential = { source: undefined, texts: 'malformed_credentials' }

export function readRequest(request: RequestInput, settings: Settings): Reading {
  try {
    const facts = toRequestFacts(request)
    if (facts !== undefined) return { facts, credential: readCredential(facts, settings), candidates: undefined }
  } catch {
    // a getter or a Proxy threw
  }
  return { facts: undefined, credential: UNREADABLE, candidates: undefined }
}

/** Where tokens stand: they are read here, and handed to nobody. */
const CREDENTIALS = new Set(['cookie', 'authorization'])

/** One header, all values joined; for what has nothing to do with who is there. */
export function readHeader(request: RequestInput, name: string): string | undefined {
  const lowerCase = name.toLowerCase()
  if (CREDENTIALS.has(lowerCase)) return undefined
  try {
    return toRequestFacts(request)?.header(lowerCase)
  } catch {
    return undefined // a getter or a Proxy threw
  }
}

export function candidatesOf(reading: Reading): Candidates {
  return (reading.candidates ??= toCandidates(reading.credential))
}

/** The text of its one token, whatever its shape. Only what was verified is in memory: there it may be looked up. */
export function textOf({ credential: { texts } }: Reading): string | undefined {
  return typeof texts !== 'string' && texts.length === 1 ? texts[0] : undefined
}

/** Whether its cookie may not be used for work that changes state. */
export function isForeign({ facts, credential }: Reading, settings: Settings): boolean {
  if (facts === undefined || !settings.originCheck || credential.source !== 'cookie') return false
  try {
    return isCrossSite(facts, settings)
  } catch {
    return true // a getter or a Proxy threw; who cannot be asked is not trusted
  }
}
