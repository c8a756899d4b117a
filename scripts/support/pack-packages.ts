import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { mustRun } from './run-command.ts'
import { listMembers, type Manifest } from './workspace.ts'

export interface Tarball {
  readonly file: string
  /** Paths inside the package. */
  readonly paths: readonly string[]
  /** The manifest as it is published. */
  readonly manifest: Manifest
}

interface PackResult {
  readonly filename: string
  readonly files: readonly { readonly path: string }[]
}

const pnpm = (...args: string[]): Promise<string> => mustRun('npx', ['-y', 'pnpm@12', ...args])

/** Builds and packs every package into `folder`, as a release would. */
export async function packPackages(folder: string): Promise<Tarball[]> {
  // The compiler leaves what it wrote for a module that is gone by now.
  for (const member of listMembers('packages')) rmSync(join(member.folder, 'dist'), { recursive: true, force: true })
  await pnpm('run', 'build', '--filter=./packages/*')

  const packed = await pnpm('--recursive', '--filter=./packages/*', 'pack', '--json', '--pack-destination', folder)
  return Promise.all(
    (JSON.parse(packed) as PackResult[]).map(async ({ filename, files }) => ({
      file: filename,
      paths: files.map(({ path }) => path),
      manifest: JSON.parse(await mustRun('tar', ['-xzOf', filename, 'package/package.json'])) as Manifest,
    })),
  )
}
