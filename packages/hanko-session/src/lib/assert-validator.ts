/**
 * A validator that was forgotten, or is not made yet, is noticed where a guard is made and not by its first caller.
 * What has the methods of one is taken for one: people wrap them.
 *
 * @throws {TypeError} that says what `who` needs
 */
export function assertValidator(hanko: unknown, who: string): void {
  if (typeof (hanko as { authenticate?: unknown } | null | undefined)?.authenticate !== 'function')
    throw new TypeError(`${who} needs what createSessionValidator made`)
}
