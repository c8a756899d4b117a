/** One thing the page can ask of the demo's API, with a button of its own. */
export interface Operation {
  /** As it is called in the API: `me`. */
  readonly name: string
  readonly summary: string
  readonly access: 'public' | 'protected'
  readonly request: {
    readonly method: 'GET' | 'POST'
    readonly path: string
    /** Shown behind the path: the query. */
    readonly detail?: string
    /** Sent as JSON; the value `'$input'` stands for what the user typed. */
    readonly body?: object
    readonly accept?: string
  }
  /** Asks the user for a text first. */
  readonly input?: { readonly label: string; readonly maxLength: number }
}
