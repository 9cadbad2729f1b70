#!/usr/bin/env node
// The `farmhand` command as it is found in a fresh clone: plain JavaScript for an older Node, with nothing installed.
// It gets what is missing, then goes on with cli/main.ts, which is where the command lives.
import { join } from 'node:path';
import { SetupError, say } from './setup/messages.js';
import { continueWith } from './setup/node.js';
import { ensurePackages, repositoryFolder } from './setup/packages.js';

try {
  await ensurePackages('run');
  await continueWith(join(repositoryFolder, 'cli', 'main.ts'), process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(error.message);
  process.exitCode = error.exitCode;
}
