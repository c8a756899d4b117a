import type { CreateAWSLambdaContextOptions } from '@trpc/server/adapters/aws-lambda'
import type { CreateExpressContextOptions } from '@trpc/server/adapters/express'
import type { CreateFastifyContextOptions } from '@trpc/server/adapters/fastify'
import type { FetchCreateContextFnOptions } from '@trpc/server/adapters/fetch'
import type { CreateNextContextOptions } from '@trpc/server/adapters/next'
import type { CreateHTTP2ContextOptions, CreateHTTPContextOptions } from '@trpc/server/adapters/standalone'
import type { CreateWSSContextFnOptions } from '@trpc/server/adapters/ws'
import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from 'aws-lambda'
import { createSessionValidator, type RequestAuth } from 'hanko-session'
import { expectTypeOf, it } from 'vitest'
import { hankoAuth } from './hanko-auth.ts'
import type { AuthOptions } from './to-request-input.ts'

const hanko = createSessionValidator({ apiUrl: 'http://localhost:8000' })

it("takes what every adapter's createContext gets", () => {
  expectTypeOf<CreateHTTPContextOptions>().toExtend<AuthOptions>()
  expectTypeOf<CreateHTTP2ContextOptions>().toExtend<AuthOptions>()
  expectTypeOf<CreateExpressContextOptions>().toExtend<AuthOptions>()
  expectTypeOf<CreateFastifyContextOptions>().toExtend<AuthOptions>()
  expectTypeOf<CreateWSSContextFnOptions>().toExtend<AuthOptions>()
  expectTypeOf<CreateNextContextOptions>().toExtend<AuthOptions>()
  expectTypeOf<FetchCreateContextFnOptions>().toExtend<AuthOptions>()
  expectTypeOf<CreateAWSLambdaContextOptions<APIGatewayProxyEventV2>>().toExtend<AuthOptions>()
  expectTypeOf<CreateAWSLambdaContextOptions<APIGatewayProxyEvent>>().toExtend<AuthOptions>()
  expectTypeOf<{ headers: Headers }>().toExtend<AuthOptions>()
  expectTypeOf<Request>().toExtend<AuthOptions>()
  expectTypeOf<Headers>().toExtend<AuthOptions>()
  expectTypeOf(hankoAuth(hanko, new Headers())).toEqualTypeOf<RequestAuth>()
})

it('takes nothing without headers', () => {
  expectTypeOf<string>().not.toExtend<AuthOptions>()
  expectTypeOf<{ session: { userId: string } }>().not.toExtend<AuthOptions>()
  expectTypeOf<{ req: { session: string } }>().not.toExtend<AuthOptions>()
  // @ts-expect-error - no request at all
  hankoAuth(hanko)
})
