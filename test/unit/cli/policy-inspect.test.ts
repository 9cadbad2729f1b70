import { expect, test } from 'vitest';
import { EXIT } from '../../../cli/exit-codes.ts';
import { makeProgram } from '../../../cli/program.ts';

test.each([
  ['farmhand', /^Expected one of the shipped policies \(dqn, .*farmhand-triage-1-announced.*got farmhand\.$/],
  ['./none.json', /^Expected a policy file that can be read; got \.\/none\.json: /],
])('what is no policy file is refused with what there is: %s', async (asked, message) => {
  const args = ['policy', 'inspect', asked];
  const program = await makeProgram(args);
  await expect(program.parseAsync(args, { from: 'user' })).rejects.toMatchObject({
    exitCode: EXIT.usage,
    message: expect.stringMatching(message),
  });
});
