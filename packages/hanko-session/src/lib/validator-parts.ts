import type { Settings } from './options.ts'

/** What our own rooms beside a validator need of it, and nobody else gets. */
export interface ValidatorParts {
  /**
   * The settings of its Hanko, or of one of its tenants.
   * @throws {TypeError} for what is no tenant of it
   */
  settingsOf(tenant: string | undefined): Settings
  /** Called when the validator is closed; at once if it is already. */
  readonly onClose: (listener: () => void) => void
}

/** Beside the validators, not on them: they stay as they are documented, and no look-alike has parts. */
const known = new WeakMap<object, ValidatorParts>()

export function withParts<Validator extends object>(validator: Validator, parts: ValidatorParts): Validator {
  known.set(validator, parts)
  return validator
}

/** The parts of a validator that this copy of the core made; `undefined` for anything else. */
export function partsOf(validator: unknown): ValidatorParts | undefined {
  return typeof validator === 'object' && validator !== null ? known.get(validator) : undefined
}
