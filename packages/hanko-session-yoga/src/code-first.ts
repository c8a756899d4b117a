export { auth, authPublic, type AuthRule } from './lib/auth-extensions.ts'
