// Does what we publish work where nothing else is? The tarballs in an empty npm project: every door is imported, a
// consumer compiles and runs, and so does every README. Once with today's peers, once with the oldest we promise. The
// conformance suite of @auth runs with today's graphql, and with the last one of the major before.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inTempFolder } from '../../scripts/support/in-temp-folder.ts'
import { packPackages, type Tarball } from '../../scripts/support/pack-packages.ts'
import { mustRun, runCommand } from '../../scripts/support/run-command.ts'
import { report } from '../../scripts/support/verdict.ts'
import { root } from '../../scripts/support/workspace.ts'
import { toDocumentLines } from '../../scripts/support/written-blocks.ts'
import { readPins } from './read-pins.ts'
import { listInstalls, type QuickStart, writeQuickStarts } from './quick-starts.ts'

/** The oldest Node our packages promise, beside the one this runs on. */
const NODE_22 = 'npm:node@22.23.3'
const TYPESCRIPT_5 = 'npm:typescript@5.9.3'
const TYPESCRIPT_6 = 'npm:typescript@6.0.3'
/** Its declarations are another matter for tRPC than those before and after. */
const TRPC_BETWEEN = '11.12.0'
const GRAPHQL_16 = '16.15.0'
const OLDEST_PEERS = {
  '@trpc/client': '11.4.0',
  '@trpc/server': '11.4.0',
  graphql: '16.3.0',
  ioredis: '5.4.0',
  redis: '5.0.0',
}

const CONSUMERS = ['use-core.ts', 'use-trpc.ts', 'use-trpc-client.ts', 'use-yoga.ts', 'use-redis.ts']

const problems: string[] = []

async function expectSuccess(what: string, command: string, args: readonly string[], cwd: string): Promise<void> {
  const { code, stdout, stderr } = await runCommand(command, args, { cwd })
  if (code !== 0) problems.push(`${what}:\n${(stdout + stderr).trimEnd()}`)
}

async function install(
  folder: string,
  tarballs: readonly Tarball[],
  others: Readonly<Record<string, string>>,
): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const ours = Object.fromEntries(tarballs.map(({ manifest, file }) => [manifest.name, `file:${file}`]))
  const project = { name: 'empty-project', private: true, type: 'module', dependencies: { ...ours, ...others } }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(project, undefined, 2))
  await mustRun('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'], { cwd: folder })
}

function writeTypeProject(folder: string, tarballs: readonly Tarball[]): void {
  // Every door's types, used or not.
  const doors = tarballs.flatMap(({ manifest }) =>
    Object.keys(manifest.exports).map((door) => manifest.name + door.slice(1)),
  )
  const lines = doors.map((door, index) => `export type * as door${index} from '${door}'`)
  writeFileSync(join(folder, 'doors.ts'), `${lines.join('\n')}\n`)
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        target: 'es2023',
        lib: ['es2023', 'dom', 'dom.iterable'],
        module: 'nodenext',
        moduleResolution: 'nodenext',
        strict: true,
        noUncheckedIndexedAccess: true,
        exactOptionalPropertyTypes: true,
        verbatimModuleSyntax: true,
        skipLibCheck: true,
        allowImportingTsExtensions: true,
        // What a user exports must be nameable in declarations (TS2742).
        declaration: true,
        noEmit: true,
        jsx: 'preserve',
        types: ['node'],
      },
      include: ['**/*.ts', '**/*.tsx'],
    }),
  )
}

async function compile(
  folder: string,
  typescript: string,
  places: Parameters<typeof toDocumentLines>[1] = new Map(),
): Promise<void> {
  const compiler = join(folder, 'node_modules', typescript, 'bin/tsc')
  const { code, stdout, stderr } = await runCommand('node', [compiler, '--pretty', 'false'], { cwd: folder })
  if (code !== 0) problems.push(`${typescript}:\n${toDocumentLines(stdout + stderr, places).join('\n')}`)
}

async function runQuickStart(folder: string, { document, file, call }: QuickStart): Promise<void> {
  const args = call === undefined ? [file] : ['call-quick-start.ts', file, ...call]
  await expectSuccess(`${document}: ${file}`, 'node', args, folder)
}

async function checkToday(folder: string, tarballs: readonly Tarball[]): Promise<number> {
  const pins = readPins()
  const peers = tarballs.flatMap(({ manifest }) => Object.keys(manifest.peerDependencies ?? {}))
  const names = [...peers, ...listInstalls(), '@types/node', 'typescript'].filter(
    (name) => !name.startsWith('hanko-session'),
  )
  const others: Record<string, string> = {
    'typescript-5': TYPESCRIPT_5,
    'typescript-6': TYPESCRIPT_6,
    'node-22': NODE_22,
  }
  for (const name of names) {
    const pin = pins.get(name)
    if (pin === undefined) problems.push(`${name} is to be installed by a README, and no package.json of ours pins it`)
    else others[name] = pin
  }
  await install(folder, tarballs, others)

  const places = new Map()
  const quickStarts = writeQuickStarts(folder, places)
  cpSync(join(import.meta.dirname, 'consumer'), folder, { recursive: true })
  writeTypeProject(folder, tarballs)
  await compile(folder, 'typescript', places)
  await compile(folder, 'typescript-5', places)
  await compile(folder, 'typescript-6', places)

  const ours = tarballs.map(({ manifest }) => manifest.name)
  const node22 = join(folder, 'node_modules/node-22/bin/node')
  await expectSuccess('the doors on this Node', 'node', ['import-doors.ts', ...ours], folder)
  await expectSuccess('the doors on Node 22', node22, ['import-doors.ts', ...ours], folder)
  for (const file of CONSUMERS) {
    await expectSuccess(`${file} on this Node`, 'node', [file], folder)
    await expectSuccess(`${file} on Node 22`, node22, [file], folder)
  }
  for (const quickStart of quickStarts) await runQuickStart(folder, quickStart)
  await runConformance(folder)
  return quickStarts.length
}

/** The same cases as in the workspace, from what is published. */
async function runConformance(folder: string): Promise<void> {
  cpSync(join(root, 'e2e/conformance'), join(folder, 'conformance'), { recursive: true })
  const { version } = JSON.parse(readFileSync(join(folder, 'node_modules/graphql/package.json'), 'utf8')) as {
    version: string
  }
  await expectSuccess(`conformance on graphql ${version}`, 'node', ['conformance/run-cases.ts'], folder)
}

async function checkGraphql16(folder: string, tarballs: readonly Tarball[]): Promise<void> {
  const yoga = readPins().get('graphql-yoga') ?? ''
  await install(folder, tarballs, { 'graphql-yoga': yoga, graphql: GRAPHQL_16 })
  await runConformance(folder)
}

async function checkOldestPeers(folder: string, tarballs: readonly Tarball[]): Promise<void> {
  const pins = readPins()
  const kept = ['graphql-yoga', '@types/node', 'typescript', 'zod']
  const others = Object.fromEntries(kept.flatMap((name) => (pins.has(name) ? [[name, pins.get(name) ?? '']] : [])))
  await install(folder, tarballs, { ...others, ...OLDEST_PEERS })
  cpSync(join(import.meta.dirname, 'consumer'), folder, { recursive: true })
  writeTypeProject(folder, tarballs)
  await compile(folder, 'typescript')
  const ours = tarballs.map(({ manifest }) => manifest.name)
  await expectSuccess('the doors with the oldest peers', 'node', ['import-doors.ts', ...ours], folder)
  for (const file of CONSUMERS) await expectSuccess(`${file} with the oldest peers`, 'node', [file], folder)
}

/** tRPC's types change with every minor. */
async function checkTrpcBetween(folder: string, tarballs: readonly Tarball[]): Promise<void> {
  const pins = readPins()
  const kept = ['graphql', 'graphql-yoga', 'ioredis', 'redis', '@types/node', 'typescript', 'zod']
  const others = Object.fromEntries(kept.map((name) => [name, pins.get(name) ?? '']))
  await install(folder, tarballs, {
    ...others,
    'typescript-5': TYPESCRIPT_5,
    '@trpc/client': TRPC_BETWEEN,
    '@trpc/server': TRPC_BETWEEN,
  })
  cpSync(join(import.meta.dirname, 'consumer'), folder, { recursive: true })
  writeTypeProject(folder, tarballs)
  await compile(folder, 'typescript')
  await compile(folder, 'typescript-5')
  await expectSuccess(`use-trpc.ts with tRPC ${TRPC_BETWEEN}`, 'node', ['use-trpc.ts'], folder)
}

const count = await inTempFolder('packed', async (folder) => {
  const tarballs = await packPackages(folder)
  const quickStarts = await checkToday(join(folder, 'today'), tarballs)
  await checkOldestPeers(join(folder, 'oldest'), tarballs)
  await checkTrpcBetween(join(folder, 'between'), tarballs)
  await checkGraphql16(join(folder, 'graphql-16'), tarballs)
  return quickStarts
})

report(`the tarballs install, load, compile and run in an empty project, with ${count} quick-starts`, problems)
