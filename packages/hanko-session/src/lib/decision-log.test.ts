import { describe, expect, it } from 'vitest'
import { createDecisionLog, type Decision } from './decision-log.ts'
import type { Reason } from './errors.ts'

function recorder() {
  const lines: { level: string; fields: Record<string, unknown>; message: string }[] = []
  const write = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, fields: { ...fields }, message })
  let now = 0
  const log = createDecisionLog({
    logger: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
    onDecision: undefined,
    clock: { now: () => 0, monotonic: () => now },
  })
  const refused = (reason: Reason, outcome: Decision['outcome'] = 'unauthenticated') =>
    log.decided({ outcome, reason, source: outcome === 'unavailable' ? 'hanko' : 'request', duration: 1 })
  return { log, lines, refused, levels: () => lines.map(({ level }) => level), advance: (ms: number) => (now += ms) }
}

describe('createDecisionLog', () => {
  /** As docs/reasons.md has it; a new reason does not build before it stands here. */
  const LEVELS: Record<Reason, readonly string[]> = {
    no_token: ['debug'],
    malformed_credentials: ['debug'],
    ambiguous_credentials: ['warn'],
    malformed_token: ['debug'],
    unsupported_token: ['debug'],
    wrong_token_type: ['debug'],
    not_yet_valid: ['debug', 'warn'], // that the clocks may be wrong
    expired: ['debug'],
    unknown_key: ['warn'],
    bad_signature: ['warn'],
    wrong_audience: ['warn'],
    wrong_issuer: ['warn'],
    claims_invalid: ['warn'],
    revoked: ['info'],
    forbidden: ['info'],
    step_up_required: ['info'],
    cross_site: ['warn'],
    identity_mismatch: ['error'],
    upstream_unavailable: ['error'], // it begins: the next are warnings
    upstream_timeout: ['error'],
    upstream_invalid: ['error'],
    upstream_misconfigured: ['error'],
    keys_unavailable: ['error'],
  }
  it.each(Object.entries(LEVELS) as [Reason, string[]][])('writes %s at %j', (reason, expected) => {
    const { refused, levels } = recorder()
    refused(reason)
    expect(levels()).toEqual(expected)
  })

  it('writes a warning once in ten seconds, and then how many were left out', () => {
    const { refused, lines, advance } = recorder()
    for (let count = 0; count < 4; count++) refused('wrong_audience')
    expect(lines).toHaveLength(1)
    advance(9_999)
    refused('wrong_audience')
    expect(lines).toHaveLength(1)
    advance(1)
    refused('wrong_audience')
    expect(lines).toHaveLength(2)
    expect(lines[1]?.fields).toMatchObject({ reason: 'wrong_audience', suppressed: 4 })
  })

  it('writes a wrong set-up once a minute', () => {
    const { refused, lines, advance } = recorder()
    refused('upstream_misconfigured', 'unavailable')
    advance(59_999)
    refused('upstream_misconfigured', 'unavailable')
    expect(lines).toHaveLength(1)
    advance(1)
    refused('upstream_misconfigured', 'unavailable')
    expect(lines).toHaveLength(2)
  })

  it('writes each token from the future at debug, and once a minute a warning that the clocks may be wrong', () => {
    const { refused, lines, levels, advance } = recorder()
    refused('not_yet_valid')
    refused('not_yet_valid')
    expect(levels()).toEqual(['debug', 'warn', 'debug'])
    expect(lines[1]).toMatchObject({ fields: {}, message: expect.stringContaining('clocks') as unknown })
    advance(60_000)
    refused('not_yet_valid')
    expect(levels()).toEqual(['debug', 'warn', 'debug', 'debug', 'warn'])
    expect(lines[4]?.fields).toEqual({ suppressed: 1 })
  })

  it('keeps one reason from silencing another', () => {
    const { refused, lines } = recorder()
    refused('wrong_audience')
    refused('wrong_issuer')
    expect(lines).toHaveLength(2)
  })

  it('writes an error when an outage begins, warnings while it lasts, and when it is over', () => {
    const { log, refused, levels, advance } = recorder()
    refused('upstream_unavailable', 'unavailable')
    refused('upstream_unavailable', 'unavailable')
    advance(10_000)
    refused('upstream_unavailable', 'unavailable')
    refused('no_token') // says nothing of Hanko
    log.decided({ outcome: 'authenticated', source: 'hanko', duration: 1, userId: 'u', sessionId: 's' })
    refused('upstream_unavailable', 'unavailable')
    expect(levels()).toEqual(['error', 'warn', 'warn', 'debug', 'warn', 'debug', 'error'])
  })

  it('does not let a flapping Hanko flood the log', () => {
    const { log, refused, lines } = recorder()
    for (let count = 0; count < 100; count++) {
      refused('upstream_timeout', 'unavailable')
      log.decided({ outcome: 'unauthenticated', reason: 'expired', source: 'hanko', duration: 1 })
    }
    expect(lines.filter(({ level }) => level !== 'debug').map(({ level }) => level)).toEqual(['error', 'warn'])
  })

  it('names the origin to add, and nothing that is not one', () => {
    const { log, lines, advance } = recorder()
    const decision: Decision = { outcome: 'unauthenticated', reason: 'cross_site', source: 'request', duration: 0 }
    for (const origin of [
      'https://app.example.com',
      'null',
      'https://a.example/secret?x#y',
      undefined,
      `https://${'a'.repeat(300)}`,
    ]) {
      log.crossSite({ ...decision }, origin)
      advance(10_000)
    }
    expect(lines.map(({ fields }) => fields['origin'])).toEqual([
      'https://app.example.com',
      'unknown',
      'https://a.example',
      'unknown',
      'unknown',
    ])
    expect(lines[0]?.message).toContain('trustedOrigins')
  })

  it('has ids at debug only', () => {
    const { log, lines } = recorder()
    log.decided({ outcome: 'authenticated', source: 'hanko', duration: 1, userId: 'u', sessionId: 's' })
    expect(lines).toMatchObject([{ level: 'debug', fields: { userId: 'u', sessionId: 's' } }])
  })
})
