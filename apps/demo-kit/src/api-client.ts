/** A client of the demo's API that runs in the page: the default export of the script that `createDemoPage` is given. */
export type CreateApiClient = (hooks: ApiHooks) => ApiClient

/** What the page does for the client. */
interface ApiHooks {
  readonly onSignedOut: () => void
  /** Asks the user to sign in again; false if they would not. */
  readonly signInAgain: (needs: { readonly maxAge?: number; readonly amr?: readonly string[] }) => Promise<boolean>
}

export interface ApiClient {
  /** Never rejects. */
  call(kind: 'query' | 'mutation', name: string, input?: object): Promise<ApiAnswer>
  /** @returns what closes it */
  open(name: string, feed: FeedListener): () => void
}

export interface ApiAnswer {
  /** Of HTTP; 0 when nobody answered. */
  readonly status: number
  /** Behind the status: `OK`, or a code. */
  readonly word: string
  readonly body: unknown
}

interface FeedListener {
  readonly onEvent: (event: unknown) => void
  /** The connection is lost, or the server cannot tell who is there; it is tried again without being asked. */
  readonly onReconnect: () => void
  /** It is over for good. */
  readonly onEnd: (answer: ApiAnswer) => void
}
