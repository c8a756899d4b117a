import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder outside of the workspace, so that nothing resolves by accident. Gone afterwards, unless `KEEP_TEMP` is set. */
export async function inTempFolder<T>(name: string, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), `hanko-session-${name}-`))
  try {
    return await use(folder)
  } finally {
    if (process.env['KEEP_TEMP'] === undefined) rmSync(folder, { recursive: true, force: true })
    else console.error(`kept ${folder}`)
  }
}
