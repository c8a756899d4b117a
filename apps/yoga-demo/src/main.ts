import { readEnv } from './env.ts'
import { startDemo } from './server.ts'

const demo = await startDemo(readEnv(process.env))
console.log(`The GraphQL demo is at ${demo.url}`)

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void demo.close())
