export { type AuthSurface, authSurface } from './lib/auth-surface.ts'
