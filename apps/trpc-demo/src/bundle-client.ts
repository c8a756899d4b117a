import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** The page's client as one script, as a bundler of yours would make it. */
export async function bundleClient(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('create-api-client.ts', import.meta.url))],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['@hanko-session/source'],
    write: false,
    logLevel: 'silent', // what is wrong is thrown
  })
  const [script] = outputFiles
  if (script === undefined) throw new Error('The bundle of the client is empty')
  return script.contents
}
