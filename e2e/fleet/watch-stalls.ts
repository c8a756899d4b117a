/**
 * A machine that gives this process no time is no fault of the code: the judge is told.
 *
 * @returns ends it
 */
export function watchStalls(onStall: (milliseconds: number) => void): () => void {
  let last = performance.now()
  const timer = setInterval(() => {
    const late = performance.now() - last - BEAT
    last = performance.now()
    if (late > WORTH_A_WORD) onStall(late)
  }, BEAT).unref()
  return () => clearInterval(timer)
}

const BEAT = 50
const WORTH_A_WORD = 150
