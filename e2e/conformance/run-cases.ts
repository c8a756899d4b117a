// The suite without a test runner: `node e2e/conformance/run-cases.ts`, from any project that has the packages.
import { createCallers } from './create-callers.ts'
import { listCases } from './list-cases.ts'

// Half as long as Hanko's: a long one takes seconds to make, and nothing here is about its length.
const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2_048 }
const publicExponent = new Uint8Array([1, 0, 1])
const { privateKey } = await crypto.subtle.generateKey({ ...algorithm, publicExponent }, true, ['sign', 'verify'])
const callers = await createCallers([await crypto.subtle.exportKey('jwk', privateKey)])

const cases = listCases(() => callers)
let failed = 0
for (const one of cases) {
  const problems = await one.run().catch((error: unknown) => [String(error)])
  if (problems.length === 0) continue
  failed++
  console.log(`${one.suite}: ${one.name}`)
  for (const problem of problems) console.log(`  ${problem}`)
}
callers.close()
console.log(`${cases.length - failed} cases pass, ${failed} fail`)
process.exitCode = failed === 0 && cases.length >= 200 ? 0 : 1
