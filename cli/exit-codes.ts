/** How the command ends. `farmhand --help` says the same. */
export const EXIT = {
  ok: 0,
  /** Something went wrong; the message says what. */
  failed: 1,
  /** The command line, or a variable, makes no sense. */
  usage: 2,
  notRunning: 3,
  alreadyRunning: 4,
  /** Everything was done, but some tasks were refused or have a failed Result. */
  tasksFailed: 5,
  /** The books of the farm do not add up. */
  unbalanced: 6,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What ends a command other than well: a message for the person, and the code for the script. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = EXIT.failed, options: ErrorOptions = {}) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

export const EXIT_CODE_HELP = `Exit codes:
  0  done                          4  the farm is running already
  1  failed; the message says why  5  some tasks were refused or failed
  2  wrong usage                   6  the farm's books do not add up
  3  the farm is not running       130  interrupted`;
