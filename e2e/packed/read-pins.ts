import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { listMembers, readManifest, root } from '../../scripts/support/workspace.ts'

/** The versions this workspace is tested with, by name: the catalog's, or those of a member. */
export function readPins(): Map<string, string> {
  const yaml = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8')
  const catalog = /^catalog:\n((?: {2}.+\n)+)/m.exec(yaml)?.[1] ?? ''
  const pins = new Map(
    [...catalog.matchAll(/^ {2}'?([^':]+)'?: (.+)$/gm)].map(([, name = '', range = '']) => [name, range]),
  )
  const members = [...listMembers('packages'), ...listMembers('apps')].map(({ manifest }) => manifest)
  for (const { dependencies, devDependencies } of [readManifest(root), ...members]) {
    for (const [name, range] of Object.entries({ ...dependencies, ...devDependencies })) {
      if (!pins.has(name) && !/^(?:workspace|catalog):/.test(range)) pins.set(name, range)
    }
  }
  return pins
}
