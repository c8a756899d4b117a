import type { OperationDefinitionNode } from 'graphql'
import type { RequestAuth } from 'hanko-session'

const ADMISSION = Symbol('hanko-session-yoga admission')

/** That the caller of an operation was found to have a session. It lasts as long as the operation does, or until that has become a stream. */
export interface Admission {
  /** The `auth` that was made for this operation alone; none when what goes on is judged by its stream. */
  auth: RequestAuth<unknown> | undefined
  readonly operation: OperationDefinitionNode
}

/** Notes it on the context: a property there costs next to nothing, an entry in a `WeakMap` a hundred times more. */
export function admit(context: object, auth: RequestAuth<unknown>, operation: OperationDefinitionNode): Admission {
  const admission = { auth, operation }
  try {
    ;(context as Admitted)[ADMISSION] = admission
  } catch {
    // Sealed, or a Proxy that refuses: then each field asks, as without an admission.
  }
  return admission
}

/**
 * Whether it was found for all of an operation that a session is there: then a field that asks for no more need not ask
 * again. A context that was copied has it as well, so it is bound to the `auth` and to the operation that it is for.
 */
export function isAdmitted(context: unknown, operation: OperationDefinitionNode): boolean {
  const { auth, [ADMISSION]: admission } = (context ?? {}) as Admitted
  return admission !== undefined && admission.operation === operation && admission.auth === auth && auth !== undefined
}

interface Admitted {
  auth?: unknown
  [ADMISSION]?: Admission
}
