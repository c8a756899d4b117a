import type { Mistake } from '../suite.ts'
import { APOLLO_DEFINITIONS } from './apollo-definitions.ts'

/** Schemas in which a rule would not do what it says. */
export const mistakes: readonly Mistake[] = [
  {
    name: 'a policy that nobody defined',
    schema: 'type Query { a: String @auth(policy: [["unknown"]]) }',
    named: ['Query.a', 'unknown'],
  },
  {
    name: 'a policy that nobody defined, among others',
    schema: 'type Query { a: String @auth(policy: [["adult"], ["paid", "unknown"]]) }',
    named: ['Query.a', 'unknown'],
  },
  {
    name: 'a policy by the name of something every object has',
    schema: 'type Query { a: String @auth(policy: [["toString"]]) }',
    named: ['Query.a', 'toString'],
  },
  {
    name: "Apollo's @policy of a name that nobody defined",
    schema: `${APOLLO_DEFINITIONS} type Query { a: String @policy(policies: [["unknown"]]) }`,
    named: ['Query.a', 'unknown'],
  },
  { name: 'an empty list of scopes', schema: 'type Query { a: String @auth(scopes: []) }', named: ['Query.a'] },
  {
    name: 'an empty inner list of scopes',
    schema: 'type Query { a: String @auth(scopes: [["read"], []]) }',
    named: ['Query.a'],
  },
  { name: 'an empty scope', schema: 'type Query { a: String @auth(scopes: [[""]]) }', named: ['Query.a'] },
  { name: 'an empty list of roles', schema: 'type Query { a: String @auth(roles: []) }', named: ['Query.a'] },
  { name: 'an empty list of policies', schema: 'type Query { a: String @auth(policy: []) }', named: ['Query.a'] },
  {
    name: 'an empty inner list of policies',
    schema: 'type Query { a: String @auth(policy: [[]]) }',
    named: ['Query.a'],
  },
  { name: 'an empty list of ways to sign in', schema: 'type Query { a: String @auth(amr: []) }', named: ['Query.a'] },
  {
    name: "Apollo's @requiresScopes with an empty list",
    schema: `${APOLLO_DEFINITIONS} type Query { a: String @requiresScopes(scopes: []) }`,
    named: ['Query.a'],
  },
  {
    name: "Apollo's @policy with an empty list",
    schema: `${APOLLO_DEFINITIONS} type Query { a: String @policy(policies: []) }`,
    named: ['Query.a'],
  },
  {
    name: 'a maxAge that is no duration',
    schema: 'type Query { a: String @auth(maxAge: "a while") }',
    named: ['Query.a', 'maxAge'],
  },
  { name: 'a maxAge of nothing', schema: 'type Query { a: String @auth(maxAge: "0s") }', named: ['Query.a', 'maxAge'] },
  { name: 'a mistake on a type', schema: 'type Query { a: A } type A @auth(roles: []) { id: ID }', named: ['A'] },
  {
    name: 'a mistake on an interface',
    schema: 'type Query { a: I } interface I @auth(roles: []) { id: ID } type A implements I { id: ID }',
    named: ['I'],
  },
  {
    name: 'a mistake on a field of an interface',
    schema: 'type Query { a: I } interface I { id: ID @auth(scopes: []) } type A implements I { id: ID }',
    named: ['I.id'],
  },
  {
    name: 'a mistake on a union',
    schema: 'type Query { a: U } union U @auth(policy: [["unknown"]]) = A type A { id: ID }',
    named: ['U', 'unknown'],
  },
  { name: 'a mistake on an enum', schema: 'type Query { a: E } enum E @auth(roles: []) { ONE }', named: ['E'] },
  { name: 'a mistake on a scalar', schema: 'type Query { a: S } scalar S @auth(roles: [])', named: ['S'] },
  {
    name: 'a mistake on an argument',
    schema: 'type Query { a(b: Int @auth(roles: [])): String }',
    named: ['Query.a(b:)'],
  },
  {
    name: 'a mistake on a field of an input',
    schema: 'type Query { a(b: In): String } input In { c: Int @auth(roles: []) }',
    named: ['In.c'],
  },
  {
    name: 'a mistake on an extension',
    schema: 'type Query { a: A } type A { id: ID } extend type A { b: Int @auth(roles: []) }',
    named: ['A.b'],
  },
  {
    name: 'a mistake on a type that nothing leads to',
    schema: 'type Query { a: Int } type A { id: ID @auth(policy: [["unknown"]]) }',
    named: ['A.id', 'unknown'],
  },
  {
    name: 'G20 another spelling',
    schema: 'directive @Auth on FIELD_DEFINITION type Query { a: String @Auth }',
    named: ['Query.a', '@Auth'],
  },
  {
    name: 'G19 @auth on a value of an enum',
    schema: 'directive @auth on ENUM_VALUE | FIELD_DEFINITION type Query { a: E } enum E { ONE @auth }',
    named: ['E.ONE'],
  },
  {
    name: 'G19 @auth on an input as a whole',
    schema: 'directive @auth on INPUT_OBJECT type Query { a(b: In): String } input In @auth { c: Int }',
    named: ['In'],
  },
  {
    name: 'G19 @auth on the schema',
    schema: 'directive @auth on SCHEMA schema @auth { query: Query } type Query { a: String }',
    named: ['schema'],
  },
  {
    name: 'G19 @auth on an enum that documents give to a directive',
    schema: 'directive @by(e: E) on FIELD type Query { a: String } enum E @auth { ONE }',
    named: ['E', '@by'],
  },
  {
    name: 'several mistakes are named together',
    schema: 'type Query { a: String @auth(roles: []) b: String @auth(policy: [["unknown"]]) }',
    named: ['Query.a', 'Query.b'],
  },
]
