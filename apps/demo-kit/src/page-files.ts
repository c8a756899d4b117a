import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export interface PageFile {
  readonly type: string
  readonly content: Uint8Array
}

export const SCRIPT = 'text/javascript; charset=utf-8'
const own = (name: string): URL => new URL(`../page/${name}`, import.meta.url)

/** The files beside the document, by their path. They are few and small: read once. */
export function readPageFiles(): ReadonlyMap<string, PageFile> {
  const read = (type: string, file: URL | string): PageFile => ({ type, content: readFileSync(file) })
  const scripts = [
    'main',
    'session',
    'sign-in-form',
    'operations',
    'feed',
    'step-up',
    'decisions',
    'view',
    'elements',
    'fleet',
  ].map((name): [string, PageFile] => [`/${name}.js`, read(SCRIPT, own(`${name}.js`))])
  return new Map([
    ...scripts,
    ['/page.css', read('text/css; charset=utf-8', own('page.css'))],
    ['/fleet.css', read('text/css; charset=utf-8', own('fleet.css'))],
    ['/favicon.svg', read('image/svg+xml', own('favicon.svg'))],
    // One file without further imports: it can be served as it lies in node_modules.
    ['/hanko-elements.js', read(SCRIPT, fileURLToPath(import.meta.resolve('@teamhanko/hanko-elements')))],
  ])
}
