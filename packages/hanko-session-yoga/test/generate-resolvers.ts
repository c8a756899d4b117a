import { readFile } from 'node:fs/promises'
import { codegen } from '@graphql-codegen/core'
import * as typescript from '@graphql-codegen/typescript'
import * as resolvers from '@graphql-codegen/typescript-resolvers'
import { parse } from 'graphql'
import { authTypeDefs } from '../src/index.ts'

const SCHEMA = /* GraphQL */ `
  type Query {
    hello: String!
    me: User @auth
  }
  type User {
    id: ID!
    email: String
  }
`

/** Where the types are that `generated-types.test-d.ts` uses: nobody but graphql-codegen writes there. */
export const GENERATED = new URL('generated/resolvers.ts', import.meta.url)

/** What graphql-codegen writes with the settings that the README shows. */
export async function generateResolvers(): Promise<string> {
  return codegen({
    filename: 'resolvers.ts',
    documents: [],
    schema: parse(authTypeDefs + SCHEMA),
    config: { contextType: 'hanko-session-yoga#HankoContext', useTypeImports: true },
    plugins: [{ typescript: {} }, { resolvers: {} }],
    pluginMap: { typescript, resolvers },
  })
}

export const readGenerated = (): Promise<string> => readFile(GENERATED, 'utf8')
