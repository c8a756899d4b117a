import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import type { BenchContext } from './bench-context.ts'
import { median } from './measure.ts'

const toPath = (door: string): string => fileURLToPath(new URL(`../../packages/${door}`, import.meta.url))
const run = promisify(execFile)

/** `size.*` and `start.*`: what it costs to have a main door at all. */
export async function measureDoor({ isQuick, results }: BenchContext): Promise<void> {
  const text = await minify('hanko-session/src/index.ts')
  results.details['size.coreMinified'] = text.length
  results.atMost('size.coreGzip', 9_000, toGzipSize(text))
  results.atMost('size.trpcGzip', 4_000, toGzipSize(await minify('hanko-session-trpc/src/index.ts')))
  results.atMost('size.yogaGzip', 8_000, toGzipSize(await minify('hanko-session-yoga/src/index.ts')))

  // Bundled, because users get JavaScript: Node's own stripping of types would count otherwise.
  const folder = mkdtempSync(join(tmpdir(), 'hanko-session-bench-'))
  const [empty, door] = [join(folder, 'empty.mjs'), join(folder, 'door.mjs')]
  writeFileSync(empty, '')
  writeFileSync(door, text)
  const times: number[] = []
  for (let round = 0; round < (isQuick ? 5 : 41); round++) {
    const [before, loaded, after] = [await start(empty), await start(door), await start(empty)]
    times.push(loaded - (before + after) / 2)
  }
  rmSync(folder, { recursive: true })
  results.atMost('start.coreMs', 15, median(times))
}

/** A door and its rooms; what it depends on is not counted, because an app has it anyway. */
async function minify(door: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [toPath(door)],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2023',
    packages: 'external',
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}

const toGzipSize = (text: string): number => gzipSync(text, { level: 9 }).byteLength

async function start(module: string): Promise<number> {
  const before = performance.now()
  await run(process.execPath, [module])
  return performance.now() - before
}
