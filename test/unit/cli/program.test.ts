import { expect, test } from 'vitest';
import { COMMAND_LIST } from '../../../cli/command-list.ts';
import { makeProgram } from '../../../cli/program.ts';

test.each(COMMAND_LIST.map((listed) => [listed.name, listed] as const))(
  'the list says of %s what the command says of itself',
  async (name, listed) => {
    const command = await listed.load();
    const taken = command.registeredArguments.map((argument) => {
      const text = argument.name() + (argument.variadic ? '...' : '');
      return argument.required ? `<${text}>` : `[${text}]`;
    });
    expect({ name: command.name(), description: command.description() }).toEqual({
      name,
      description: listed.description,
    });
    expect(taken.join(' ')).toBe(listed.arguments ?? '');
  },
);

test.each([
  [['--help'], []],
  [['status', '--check'], ['status']],
  [['submit', 'train'], ['submit']],
  [['help', 'load'], ['load']],
  [['launch'], []],
])('%j loads only what it needs', async (args, expected) => {
  const { commands } = await makeProgram(args);
  // What has not been loaded is a name without options.
  const loaded = commands.filter(({ options }) => options.length > 0).map((command) => command.name());
  expect(loaded).toEqual(expected);
});
