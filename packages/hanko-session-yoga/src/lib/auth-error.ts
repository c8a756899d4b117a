import { type ASTNode, GraphQLError } from 'graphql'
import {
  type HankoAuthError,
  type PublicReason,
  toMessage,
  toPublicReason,
  type RefusedFor,
  type StepUp,
  toRefusal,
} from 'hanko-session'
import { CODES } from './error-codes.ts'

/** Why an operation or a field was refused, as `extensions.auth` of the error. */
export interface AuthErrorExtension {
  /** `invalid_token` stands for every fault of a token. The `upstream_*` ones and `identity_mismatch` are outages. */
  readonly reason: PublicReason
  /** When Hanko asked to be tried again, in milliseconds from now. */
  readonly retryAfter?: number
  /** With `step_up_required`: how the user must sign in for this. */
  readonly stepUp?: StepUp
}

/**
 * The error of one field, at the place of another error. It sets no HTTP status: Yoga would give it to the whole answer, data included.
 * Nothing stands behind it as `originalError`, so masking leaves it as it is.
 */
export function toFieldError(state: RefusedFor, at?: Pick<GraphQLError, 'nodes' | 'path'>): GraphQLError {
  const place = at === undefined ? {} : { nodes: at.nodes ?? null, path: at.path ?? null }
  return new GraphQLError(toMessage(state.reason), { ...place, extensions: toExtensions(state) })
}

/** The error of an operation that is refused as a whole, with status and headers of the answer. */
export function toOperationError(state: RefusedFor, node?: ASTNode): GraphQLError {
  const { 'content-type': _problem, ...headers } = toRefusal(state).headers
  return new GraphQLError(toMessage(state.reason), {
    nodes: node ?? null,
    extensions: {
      ...toExtensions(state),
      http: {
        status: toRefusal(state).status,
        headers,
        // GraphQL over HTTP, 6.4.1: clients of `application/json` get 200 with the errors. A request from a
        // foreign site is not theirs to read: it is refused as HTTP, whatever it accepts.
        ...(state.reason === 'cross_site' ? {} : { spec: true }),
      },
    },
  })
}

/** What a `HankoAuthError` was made of. */
export function toRefused({ code, retryAfter, stepUp }: HankoAuthError): RefusedFor {
  return { reason: code, retryAfter, stepUp }
}

function toExtensions({ reason: code, retryAfter, stepUp }: RefusedFor): { code: string; auth: AuthErrorExtension } {
  const reason = toPublicReason(code)
  return {
    code: CODES[code],
    auth: {
      reason,
      ...(retryAfter === undefined ? {} : { retryAfter }),
      ...(stepUp === undefined ? {} : { stepUp }),
    },
  }
}
