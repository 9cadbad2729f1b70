import { CommanderError } from 'commander';
import { CommandError, EXIT } from './exit-codes.ts';
import { makeProgram } from './program.ts';
import { SetupError } from './setup/messages.js';

// Whoever reads us may stop early, as `farmhand status | head` does: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(process.exitCode ?? EXIT.ok);
});

try {
  await (await makeProgram(process.argv.slice(2))).parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** Says what went wrong: one line for a person, one document for a program. */
function report(error: unknown): number {
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
  const message = error instanceof Error ? error.message : String(error);
  const exitCode = exitCodeOf(error);
  if (process.argv.includes('--json'))
    process.stdout.write(`${JSON.stringify({ error: message.replace(/^error: /, ''), exitCode })}\n`);
  // Commander has said it already.
  if (error instanceof CommanderError) return exitCode;
  const known =
    error instanceof CommandError || error instanceof SetupError || hasName(error, 'ComponentFailed');
  process.stderr.write(`farmhand: ${known ? message : ((error as Error).stack ?? message)}\n`);
  return exitCode;
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return EXIT.usage;
  return error instanceof CommandError || error instanceof SetupError ? error.exitCode : EXIT.failed;
}

function hasName(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
