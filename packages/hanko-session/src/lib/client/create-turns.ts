/**
 * Has questions asked one at a time, in the order they came: what needs one sign-in and what needs another, in one batch,
 * would else show two forms at once. The first is asked at once.
 */
export function createTurns(): <Answer>(question: () => Answer | Promise<Answer>) => Promise<Answer> {
  let last: Promise<void> | undefined
  return (question) => {
    const answer =
      last === undefined ? new Promise<never>((resolve) => resolve(question() as never)) : last.then(question)
    const end = (): void => {
      if (last === ended) last = undefined
    }
    const ended = answer.then(end, end)
    last = ended
    return answer
  }
}
