import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Private RSA-4096 JWKs, as Hanko uses them; made once per run because one takes up to seconds. */
    signingKeys: JsonWebKey[]
  }
}

export default async function setup(project: TestProject): Promise<void> {
  const pairs = await Promise.all(
    Array.from({ length: 3 }, () =>
      crypto.subtle.generateKey(
        { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 4096, publicExponent: new Uint8Array([1, 0, 1]) },
        true,
        ['sign', 'verify'],
      ),
    ),
  )
  project.provide(
    'signingKeys',
    await Promise.all(pairs.map((pair) => crypto.subtle.exportKey('jwk', pair.privateKey))),
  )
}
