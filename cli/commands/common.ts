import { Command } from 'commander';
import { farmName } from '../option-values.ts';
import { Output } from '../output.ts';
import { FARMHAND } from '../wording.ts';

/** What every command understands. */
export interface CommonOptions {
  readonly farm: string;
  readonly json?: true;
}

/** A command with the options that all of them have, and with examples in its help. */
export function farmCommand(name: string, description: string, examples: readonly string[]): Command {
  return new Command(name)
    .description(description)
    .option('--farm <name>', 'which farm', farmName, 'farm')
    .option('--json', 'print one JSON document instead of text')
    .addHelpText('after', `\nExamples:\n${examples.map((each) => `  $ ${FARMHAND} ${each}`).join('\n')}`);
}

export function outputOf(options: CommonOptions): Output {
  return new Output(options.json === true);
}
