/** A programmer's mistake. It is never caught to go on: the process that meets one stops. */
export class AssertionFailure extends Error {
  override readonly name = 'AssertionFailure';
}

/**
 * States what must hold here if the program is right.
 * @throws AssertionFailure when `condition` is false
 */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionFailure(message);
}
