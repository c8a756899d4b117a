import { readFileSync } from 'node:fs'

interface Attack {
  readonly id: string
  readonly area: string
  readonly attack: string
  readonly expect: string
}

const attacks = JSON.parse(readFileSync(new URL('../fixtures/attack-corpus.json', import.meta.url), 'utf8')) as Attack[]

/** The title of the one test of an attack. Throws for an id that the corpus does not have. */
export function titleOf(id: string): string {
  const found = attacks.find((attack) => attack.id === id)
  if (found === undefined) throw new Error(`${id} is not in the corpus`)
  return `${id} ${found.attack}`
}
