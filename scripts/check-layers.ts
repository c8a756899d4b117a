// Do imports only go down? The layers of ARCHITECTURE.md, for every module that is shipped.
import { readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path/posix'
import { type Import, listImports, withoutComments } from './support/imports.ts'
import { report } from './support/verdict.ts'
import { listFiles, root } from './support/workspace.ts'

const LONG_FILE = 200

/** Rooms of the core from the bottom up. A module of `src/lib` itself that is not a word is wiring. */
const WORDS = new Set([
  'api-url',
  'auth-state',
  'decision-log',
  'duration',
  'environment',
  'errors',
  'instant',
  'limits',
  'log-lines',
  'options',
  'request-input',
  'run-in-background',
  'session',
  'shared-store',
  'to-limits',
  'to-plain-object',
])
const ROOM_LAYERS: Readonly<Record<string, number>> = {
  client: 1,
  token: 1,
  http: 1,
  cache: 1,
  jwks: 1,
  fleet: 1,
  conformance: 1,
  verify: 2,
  node: 3,
  rules: 3,
  watch: 3,
  tenants: 3,
  webhooks: 3,
}
const LAYER_NAMES = ['words', 'parts', 'strategies', 'wiring', 'doors']
const DOOR = 4

/** The emulator shares nothing with what it tests, so that no misunderstanding is on both sides. */
const EMULATOR = 'testing'
const EMULATOR_MAY_IMPORT = new Set(['duration'])

const CORE = 'packages/hanko-session/'

interface Module {
  readonly path: string
  /** `packages/hanko-session/` */
  readonly member: string
  /** Inside `src/lib`: the room's folder, or undefined for a module beside the rooms. */
  readonly room: string | undefined
  readonly name: string
  readonly isDoor: boolean
}

function toModule(path: string): Module | undefined {
  const [, member, inside] = /^((?:packages|apps)\/[^/]+\/)src\/(.+)\.tsx?$/.exec(path) ?? []
  if (member === undefined || inside === undefined) return undefined
  const steps = inside.split('/')
  const isDoor = member.startsWith('packages/') && steps.length === 1
  const room = steps[0] === 'lib' && steps.length > 2 ? steps[1] : undefined
  return { path, member, room, name: steps.at(-1) ?? '', isDoor }
}

function layerOf({ isDoor, room, name }: Module): number | undefined {
  if (isDoor) return DOOR
  if (room !== undefined) return ROOM_LAYERS[room]
  return WORDS.has(name) ? 0 : 3
}

const isNodeDoor = ({ isDoor, name }: Module): boolean => isDoor && /^(?:.+-)?node$/.test(name)

function checkDoor(source: string): string | undefined {
  const rest = withoutComments(source).replaceAll(/export\s+(?:type\s+)?\{[^}]*\}\s+from\s+'\.\/lib\/[^']+'\s*/g, '')
  return rest.trim() === ''
    ? undefined
    : `a door holds named re-exports of its rooms only: ${rest.trim().split('\n')[0]}`
}

function checkCoreImport(from: Module, to: Module): string | undefined {
  if (to.isDoor) return 'a room never imports a door'
  if (from.room === EMULATOR || to.room === EMULATOR) {
    if (from.room === to.room) return undefined
    if (from.isDoor && from.name.startsWith('testing')) return undefined
    if (from.room === EMULATOR && to.room === undefined && EMULATOR_MAY_IMPORT.has(to.name)) return undefined
    return 'the emulator and the core know nothing of each other'
  }
  const [above, below] = [layerOf(from), layerOf(to)]
  if (above === undefined) return `the room ${from.room} has no layer: give it one in scripts/check-layers.ts`
  if (below === undefined) return `the room ${to.room} has no layer: give it one in scripts/check-layers.ts`
  return above >= below ? undefined : `goes up: ${LAYER_NAMES[above]} import ${LAYER_NAMES[below]}`
}

function checkImport(from: Module, specifier: string, packages: ReadonlySet<string>): string | undefined {
  if (!specifier.startsWith('.')) {
    const [name = ''] = specifier.split('/')
    if (!packages.has(name) || from.member.startsWith('apps/')) return undefined
    if (from.member === CORE) return 'the core imports no other package of ours, nor itself by name'
    return name === 'hanko-session' ? undefined : 'an adapter imports doors of the core only'
  }
  const target = normalize(join(dirname(from.path), specifier))
  if (!target.startsWith(from.member)) return 'reaches into another package: import its door by name'
  const to = toModule(target)
  if (to === undefined) return undefined
  if (from.member === CORE) return checkCoreImport(from, to)
  return to.isDoor ? 'a room never imports a door' : undefined
}

/** Rooms of one layer may use each other in one direction. */
function findRoomCycles(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const cycles: string[] = []
  for (const [from, targets] of edges) {
    for (const to of targets) {
      if (from < to && edges.get(to)?.has(from))
        cycles.push(`${CORE}src/lib: the rooms ${from} and ${to} import each other`)
    }
  }
  return cycles
}

/** What a door for every runtime loads, at whatever depth, imports nothing of Node. */
function findNodeImports(): string[] {
  const found: string[] = []
  const seen = new Set<string>()
  const visit = (path: string, door: string): void => {
    if (seen.has(path)) return
    seen.add(path)
    for (const { specifier, line } of imports.get(path) ?? []) {
      if (specifier.startsWith('node:'))
        found.push(`${path}:${line}: '${specifier}' is loaded by the door ${door}, which runs without Node`)
      if (specifier.startsWith('.')) visit(normalize(join(dirname(path), specifier)), door)
    }
  }
  for (const path of imports.keys()) {
    const module = toModule(path)
    if (module?.isDoor && !isNodeDoor(module)) visit(path, path)
  }
  return found
}

const files = listFiles('packages/*/src/**', 'apps/*/src/**').filter((path) => /\.tsx?$/.test(path))
const packages = new Set(listFiles('packages/*/package.json').map((path) => path.split('/')[1] ?? ''))
const problems: string[] = []
const warnings: string[] = []
const rooms = new Map<string, Set<string>>()
const imports = new Map<string, Import[]>()

for (const path of files) {
  const source = readFileSync(join(root, path), 'utf8')
  const isTest = /\.test(?:-d)?\.tsx?$/.test(path)
  const from = toModule(path)
  if (from === undefined) continue

  const lines = source.split('\n').length - 1
  if (lines > LONG_FILE && !isTest)
    warnings.push(`${path} has ${lines} lines, over ${LONG_FILE}: one concept, one file`)
  if (from.isDoor && !isTest) {
    const problem = checkDoor(source)
    if (problem !== undefined) problems.push(`${path}: ${problem}`)
  }

  const imported = listImports(source)
  if (!isTest) imports.set(path, imported)
  for (const { specifier, line } of imported) {
    const target = specifier.startsWith('.') ? normalize(join(dirname(path), specifier)) : undefined
    // Tests look wherever they must inside their own package, and use other packages as a user would.
    const problem = isTest
      ? target !== undefined && !target.startsWith(from.member) && !target.startsWith('e2e/')
        ? 'reaches into another package: import its door by name'
        : undefined
      : checkImport(from, specifier, packages)
    if (problem !== undefined) problems.push(`${path}:${line}: '${specifier}' ${problem}`)

    const room = target === undefined || isTest || from.member !== CORE ? undefined : toModule(target)?.room
    if (room !== undefined && from.room !== undefined && room !== from.room) {
      rooms.set(from.room, (rooms.get(from.room) ?? new Set()).add(room))
    }
  }
}

report(
  `${files.length} modules import downwards only`,
  [...problems, ...findNodeImports(), ...findRoomCycles(rooms)],
  warnings,
)
