import { expect, test } from 'vitest';
import { EXIT } from '../../../cli/exit-codes.ts';
import { makeProgram } from '../../../cli/program.ts';

async function run(...args: readonly string[]): Promise<void> {
  const program = await makeProgram(args);
  await program.parseAsync(args, { from: 'user' });
}

test.each(['sarsa', 'dqn', 'network', 'gradient'])(
  'a run of %s that is resumed takes no other settings, instead of dropping them',
  async (learner) => {
    await expect(
      run('train', learner, '--resume', 'runs/none', '--episodes', '5', '--seed', '7'),
    ).rejects.toMatchObject({
      exitCode: EXIT.usage,
      message: expect.stringMatching(/^Expected --resume without --(episodes, --seed|seed, --episodes): /),
    });
  },
);

test('a run that is resumed may write its policy elsewhere', async () => {
  await expect(run('train', 'sarsa', '--resume', 'runs/none', '--policy', 'mine.json')).rejects.toThrow(
    'Expected a run in runs/none',
  );
});
