import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

export const root = join(import.meta.dirname, '../..')

export interface Manifest {
  readonly name: string
  readonly exports: Readonly<Record<string, unknown>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

export interface Member {
  readonly folder: string
  readonly manifest: Manifest
}

/** The workspace's members below `packages` or `apps`. */
export function listMembers(parent: 'packages' | 'apps'): Member[] {
  return readdirSync(join(root, parent))
    .map((name) => join(root, parent, name))
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .map((folder) => ({ folder, manifest: readJson<Manifest>(join(folder, 'package.json')) }))
}

export function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T
}

/** Path from the root, with slashes: what a reader can click. */
export function shown(file: string): string {
  return relative(root, file).split(sep).join('/')
}

/** Files git knows or would add: never build output, never somebody's scratch files. */
export function listFiles(...patterns: string[]): string[] {
  const listing = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...patterns], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  })
  return [...new Set(listing.split('\0'))].filter((name) => name !== '' && existsSync(join(root, name))).toSorted()
}
