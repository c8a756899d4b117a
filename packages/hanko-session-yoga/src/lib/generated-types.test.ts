import { writeFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { GENERATED, generateResolvers, readGenerated } from '../../test/generate-resolvers.ts'

it('types that graphql-codegen makes are those that the type tests use (UPDATE_GENERATED=1 writes them anew)', async () => {
  const generated = await generateResolvers()
  if (process.env['UPDATE_GENERATED'] === '1') await writeFile(GENERATED, generated)
  expect(await readGenerated()).toBe(generated)
})
