// Runs in the empty project: loads every door of every package it was given, and says how many there are.
import { readFileSync } from 'node:fs'

let doors = 0
for (const name of process.argv.slice(2)) {
  const manifest = JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')) as { exports: object }
  for (const door of Object.keys(manifest.exports)) {
    const module = (await import(name + door.slice(1))) as object
    if (Object.keys(module).length === 0) throw new Error(`${name + door.slice(1)} exports nothing at run time`)
    doors++
  }
}
console.log(doors)
