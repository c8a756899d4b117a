export { createTenantValidator } from './lib/tenants/create-tenant-validator.ts'
export type { TenantOptions, TenantValidatorOptions } from './lib/options.ts'
