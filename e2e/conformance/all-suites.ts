import { apollo } from './cases/apollo.ts'
import { fieldArguments, inputFields } from './cases/arguments.ts'
import { defaultDeny } from './cases/default-deny.ts'
import { fragmentsAndConditions, operations } from './cases/documents.ts'
import { fieldsAndTypes, rootTypes } from './cases/fields-and-types.ts'
import { interfaceFields, interfaceTypes } from './cases/interfaces.ts'
import { partial } from './cases/partial.ts'
import { reportOnly } from './cases/report-only.ts'
import { rules } from './cases/rules.ts'
import { adminSessions, freshness, stepUps } from './cases/step-up.ts'
import { subscriptions } from './cases/subscriptions.ts'
import { leaves, unions } from './cases/unions.ts'
import type { Suite } from './suite.ts'

export const SUITES: readonly Suite[] = [
  fieldsAndTypes,
  rootTypes,
  interfaceFields,
  interfaceTypes,
  unions,
  leaves,
  fieldArguments,
  inputFields,
  rules,
  stepUps,
  adminSessions,
  freshness,
  defaultDeny,
  apollo,
  partial,
  reportOnly,
  fragmentsAndConditions,
  operations,
  subscriptions,
]
