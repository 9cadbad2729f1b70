import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { calibrateCommand } from './commands/calibrate.ts';
import { compareCommand } from './commands/compare.ts';
import { deadLettersCommand } from './commands/dead-letters.ts';
import { demoCommand } from './commands/demo.ts';
import { downCommand } from './commands/down.ts';
import { evaluateCommand } from './commands/evaluate.ts';
import { loadCommand } from './commands/load.ts';
import { paperCommand } from './commands/paper.ts';
import { resultsCommand } from './commands/results.ts';
import { statusCommand } from './commands/status.ts';
import { submitCommand } from './commands/submit.ts';
import { trainCommand } from './commands/train.ts';
import { tuneCommand } from './commands/tune.ts';
import { upCommand } from './commands/up.ts';
import { EXIT_CODE_HELP } from './exit-codes.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

const ELSEWHERE_HELP = `A farm elsewhere:
  FARMHAND_URL    its gateway, such as http://gateway:8080/function; <url>/emitter and <url>/collector are used
  FARMHAND_TOKEN  the bearer token of its doors
  REDIS_URL, REDIS_PASSWORD  its Redis, for status, dead-letters and calibrate`;

/** The whole command line. */
export function makeProgram(): Command {
  const program = new Command('farmhand')
    .description('Runs a deadline-aware task farm on this machine, and looks after farms elsewhere')
    .version(version)
    .showHelpAfterError('(farmhand --help shows what there is)')
    .addHelpText('after', `\n${EXIT_CODE_HELP}\n\n${ELSEWHERE_HELP}`);
  const commands = [
    upCommand(),
    downCommand(),
    statusCommand(),
    submitCommand(),
    resultsCommand(),
    deadLettersCommand(),
    loadCommand(),
    calibrateCommand(),
    demoCommand(),
    trainCommand(),
    compareCommand(),
    evaluateCommand(),
    paperCommand(),
    tuneCommand(),
  ];
  for (const command of commands) program.addCommand(command);
  return exitByThrowing(program);
}

/** Commander ends the process where it stands; here the end is for main.ts, which may have to print JSON first. */
function exitByThrowing(command: Command): Command {
  command.exitOverride();
  for (const each of command.commands) exitByThrowing(each);
  return command;
}
