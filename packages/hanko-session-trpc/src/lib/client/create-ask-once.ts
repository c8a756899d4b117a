/** Asks the app one question for all the calls that raise it. */
export interface AskOnce {
  /** To be noted when a call is sent. */
  now(): number
  /**
   * The answer to the question of this key. Who was sent before the last answer came gets that one: those that are
   * refused together, in one batch or over many connections, are refused for what the app has seen to by then.
   *
   * @param sentAt what `now` said
   */
  ask(key: string, question: () => boolean | Promise<boolean>, sentAt: number): Promise<boolean>
}

interface Round {
  readonly answer: Promise<boolean>
  endedAt: number
}

export function createAskOnce(): AskOnce {
  /** Counts answers: what is before and after is told by order, not by clocks. */
  let answers = 0
  const rounds = new Map<string, Round>()
  return {
    now: () => answers,
    ask(key, question, sentAt) {
      const last = rounds.get(key)
      if (last !== undefined && sentAt < last.endedAt) return last.answer
      // The app is called at once, and what it throws becomes its answer.
      const round: Round = { answer: new Promise((resolve) => resolve(question())), endedAt: Infinity }
      rounds.set(key, round)
      const end = (): void => {
        round.endedAt = ++answers
      }
      round.answer.then(end, end)
      return round.answer
    },
  }
}
