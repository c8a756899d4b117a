/** One thing the page can ask of the demo's API, with a button of its own. */
export interface Operation {
  /** As it is called in the API: `me`. */
  readonly name: string
  readonly summary: string
  /** In a word: who may. */
  readonly access: 'public' | 'protected' | 'admin' | 'recent sign-in'
  readonly request: {
    readonly method: 'GET' | 'POST'
    readonly path: string
    /** Shown behind the path: the query. */
    readonly detail?: string
    /** Sent as JSON; the value `'$input'` stands for what the user typed. */
    readonly body?: object
    readonly accept?: string
  }
  /** Goes through the API's own client, where the page has one; a subscription must. */
  readonly call?: 'query' | 'mutation' | 'subscription'
  /** What its button says. @default Call, or Add with an input */
  readonly verb?: string
  /** Asks the user for a text first. */
  readonly input?: { readonly label: string; readonly maxLength: number }
}
