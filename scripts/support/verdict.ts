/** Prints what a check found and sets the exit code: problems are red, warnings are only said. */
export function report(question: string, problems: readonly string[], warnings: readonly string[] = []): void {
  for (const warning of warnings) console.log(`warning: ${warning}`)
  for (const problem of problems) console.log(problem)
  if (problems.length > 0) process.exitCode = 1
  else console.log(question)
}
