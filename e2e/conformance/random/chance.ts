import type { Chance, Path } from './oracle.ts'

/** What turns up where: the same for the resolvers and for the oracle, and another for each seed. */
export function createChance(seed: number): Chance {
  const draw = (path: Path, salt: number): number => {
    let hash = seed ^ salt
    for (const char of path.join('.')) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01_00_01_93) >>> 0
    return (hash ^ (hash >>> 15)) >>> 0
  }
  return {
    typeAt: (path, possible) => possible[draw(path, 0x51) % possible.length] as string,
    isNullAt: (path) => draw(path, 0xa7) % 9 === 0,
  }
}
