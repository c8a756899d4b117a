// Is what we publish complete and resolvable? publint and attw on the packed tarballs, and the manifest as it is packed.
import { inTempFolder } from './support/in-temp-folder.ts'
import { packPackages, type Tarball } from './support/pack-packages.ts'
import { runCommand } from './support/run-command.ts'
import { report } from './support/verdict.ts'

const SHIPPED = /^(?:package\.json|README\.md|LICENSE|dist\/.+\.(?:js|d\.ts))$/
const ALWAYS = ['package.json', 'README.md', 'LICENSE']

function checkContents({ manifest, paths }: Tarball): string[] {
  const problems: string[] = []
  for (const path of ALWAYS) if (!paths.includes(path)) problems.push(`${path} is not packed`)
  for (const path of paths) {
    if (!SHIPPED.test(path) || /\.test(?:-d)?\./.test(path)) problems.push(`${path} has no business in the tarball`)
  }
  // The source is not packed, so its condition must not be; the workspace's protocols mean nothing outside.
  for (const word of ['@hanko-session/source', 'workspace:', 'catalog:', 'file:', 'link:']) {
    if (JSON.stringify(manifest).includes(word)) problems.push(`the packed package.json says ${word}`)
  }
  for (const [door, target] of Object.entries(manifest.exports)) {
    for (const path of Object.values(target as Record<string, string>)) {
      if (!paths.includes(path.replace('./', '')))
        problems.push(`the door ${door} leads to ${path}, which is not packed`)
    }
  }
  return problems
}

async function checkWith(command: string, ...args: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await runCommand(command, args)
  return code === 0 ? [] : [`${command}:\n${stdout}${stderr}`]
}

const { problems, doors } = await inTempFolder('exports', async (folder) => {
  const tarballs = await packPackages(folder)
  const found = await Promise.all(
    tarballs.map(async (tarball) => {
      const all = [
        ...checkContents(tarball),
        ...(await checkWith('publint', 'run', tarball.file, '--strict')),
        // Our packages are ESM only: `require` of them is Node's to allow.
        ...(await checkWith('attw', tarball.file, '--profile', 'esm-only', '--no-emoji', '--no-color')),
      ]
      return all.map((problem) => `${tarball.manifest.name}: ${problem}`)
    }),
  )
  return { problems: found.flat(), doors: tarballs.flatMap(({ manifest }) => Object.keys(manifest.exports)).length }
})

report(`${doors} doors resolve, with their types, from the packed tarballs`, problems)
