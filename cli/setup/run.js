// Runs a program of this repository with everything installed, the development tools included:
//   node cli/setup/run.js test/bench/index.ts --json
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { SetupError, say } from './messages.js';
import { continueWith } from './node.js';
import { ensurePackages, repositoryFolder } from './packages.js';

try {
  const [file, ...parameters] = process.argv.slice(2);
  if (file === undefined)
    throw new SetupError('Expected the program to run: node cli/setup/run.js <file> [parameters]');
  if (!existsSync(resolve(repositoryFolder, file))) {
    throw new SetupError(`Expected a program at ${file}; there is none in ${repositoryFolder}.`);
  }
  await ensurePackages('develop');
  await continueWith(resolve(repositoryFolder, file), parameters);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(error.message);
  process.exitCode = error.exitCode;
}
