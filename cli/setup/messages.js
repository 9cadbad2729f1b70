/**
 * One line for the person who waits. Standard error, because standard output belongs to the program that is set up.
 * @param {string} line
 * @returns {void}
 */
export function say(line) {
  process.stderr.write(`farmhand: ${line}\n`);
}

/** Something that the set-up needs and cannot get by itself. Its message says what to do. */
export class SetupError extends Error {
  /** @override */
  name = 'SetupError';

  /**
   * @param {string} message
   * @param {number} [exitCode] 130 where the person has interrupted it
   */
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
