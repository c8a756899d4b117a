/** The operations of one HTTP request that came as a list. */
interface Batch {
  isFresh: boolean
  gathered: Promise<void> | undefined
}

/** Lets the operations of a batch be decided by the strictest of them. */
export interface Batches {
  /** Notes that a request brings several operations. */
  begin(request: object): void
  /** From now on any request may bring several. */
  suspectAll(): void
  /**
   * Waits for the others of a batch, and says whether one of them must ask Hanko now. `undefined`: there are no others.
   * Those that take longer to begin (a context that reads a database) are decided by themselves: waiting for something
   * that may never begin would let one operation hang all.
   */
  gather(request: object | undefined, isFresh: boolean): Promise<boolean> | undefined
}

export function createBatches(): Batches {
  const batches = new WeakMap<object, Batch>()
  let suspects = false

  function begin(request: object): Batch {
    const batch = { isFresh: false, gathered: undefined }
    batches.set(request, batch)
    return batch
  }

  return {
    begin,
    suspectAll() {
      suspects = true
    },
    gather(request, isFresh) {
      if (request === undefined) return undefined
      const batch = batches.get(request) ?? (suspects ? begin(request) : undefined)
      if (batch === undefined) return undefined
      batch.isFresh ||= isFresh
      batch.gathered ??= new Promise((resolve) => void setTimeout(resolve))
      return batch.gathered.then(() => batch.isFresh)
    },
  }
}
