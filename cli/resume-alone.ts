import type { Command } from 'commander';
import { CommandError, EXIT } from './exit-codes.ts';

/** What does not change the run that goes on: where its policy is written to, and how fast it is. */
const BESIDE_RESUME: readonly string[] = ['resume', 'policy', 'out', 'threads'];

/** A run that is resumed keeps its settings: to be given others, and to drop them without a word, would mislead. */
export function refuseBesideResume(command: Command): void {
  const given = command.options.filter(
    (option) => command.getOptionValueSource(option.attributeName()) === 'cli',
  );
  if (!given.some((option) => option.attributeName() === 'resume')) return;
  const dropped = given.filter((option) => !BESIDE_RESUME.includes(option.attributeName()));
  if (dropped.length === 0) return;
  const names = dropped.map(({ long }) => long).join(', ');
  throw new CommandError(
    `Expected --resume without ${names}: the run goes on by the settings that it began with. Leave ${names} out, or begin a new run.`,
    EXIT.usage,
  );
}
