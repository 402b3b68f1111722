/** The command line does not mean anything; exit code 2. */
export class WrongUse extends Error {
  override readonly name = 'WrongUse';
}
