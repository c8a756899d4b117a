import { type DemoEnv, readDemoEnv } from 'demo-kit'

/** @throws {TypeError} that names the variable */
export function readEnv(env: Record<string, string | undefined>): DemoEnv {
  return readDemoEnv(env, { port: 3001, otherDemoUrl: 'http://localhost:3002' })
}
