import { readFileSync } from 'node:fs';
import { Command } from 'commander';

const description = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const program = new Command('farmhand')
  .description('Runs a deadline-aware task farm on this machine, and looks after farms elsewhere')
  .version(description.version);

await program.parseAsync();
