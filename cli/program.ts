import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { COMMAND_LIST } from './command-list.ts';
import type { ListedCommand } from './command-list.ts';
import { EXIT_CODE_HELP } from './exit-codes.ts';
import { refuseBesideResume } from './resume-alone.ts';
import { FARMHAND } from './wording.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

const ELSEWHERE_HELP = `A farm elsewhere:
  FARMHAND_URL    its gateway, such as http://gateway:8080/function; <url>/emitter and <url>/collector are used
  FARMHAND_TOKEN  the bearer token of its doors
  REDIS_URL, REDIS_PASSWORD  its Redis, for status, dead-letters and calibrate`;

/**
 * The whole command line. Of the commands, only the one that is meant is there with all that it can do.
 *
 * @param args what was typed behind the name of the program
 */
export async function makeProgram(args: readonly string[]): Promise<Command> {
  const program = new Command('farmhand')
    .description('Runs a deadline-aware task farm on this machine, and looks after farms elsewhere')
    .version(version)
    .showHelpAfterError(`(${FARMHAND} --help shows what there is)`)
    .addHelpText('after', `\n${EXIT_CODE_HELP}\n\n${ELSEWHERE_HELP}`)
    .hook('preAction', (_, meantCommand) => {
      refuseBesideResume(meantCommand);
    });
  const meant = args[0] === 'help' ? args[1] : args[0];
  for (const listed of COMMAND_LIST)
    program.addCommand(listed.name === meant ? await listed.load() : placeholder(listed));
  return exitByThrowing(program);
}

/** Stands in the list; nothing else is asked of it. */
function placeholder({ name, arguments: taken, description }: ListedCommand): Command {
  const command = new Command(name).description(description);
  return taken === undefined ? command : command.arguments(taken);
}

/** Commander ends the process where it stands; here the end is for main.ts, which may have to print JSON first. */
function exitByThrowing(command: Command): Command {
  command.exitOverride();
  for (const each of command.commands) exitByThrowing(each);
  return command;
}
