import { Command } from 'commander';
import { CommandError, EXIT } from '../exit-codes.ts';
import { FarmClient, Refused } from '../farm-client.ts';
import { wholeNumber } from '../option-values.ts';
import { findDoors } from '../running-farm.ts';
import { forEachAtOnce } from '../work-list.ts';
import { FARMHAND, plural } from '../wording.ts';
import { farmCommand, outputOf } from './common.ts';
import type { CommonOptions } from './common.ts';

interface ListOptions extends CommonOptions {
  readonly limit: number;
}

interface RequeueOptions extends CommonOptions {
  readonly all?: true;
}

const EXAMPLES = `
Examples:
  $ ${FARMHAND} dead-letters list               # why tasks failed
  $ ${FARMHAND} dead-letters requeue --all      # once the reason is gone`;

export function deadLettersCommand(): Command {
  const list = farmCommand('list', 'List failed tasks, newest first, with their reasons', [
    'dead-letters list',
    'dead-letters list --limit 500 --json',
  ])
    .option('--limit <count>', 'how many', wholeNumber(1, 100_000), 50)
    .action(listAll);
  const requeue = farmCommand('requeue', 'Send failed tasks round again, each as a new generation', [
    'dead-letters requeue 3Qo9Yk…',
    'dead-letters requeue --all',
  ])
    .argument('[ids...]', 'task ids')
    .option('--all', 'all of them')
    .action(requeueSome);
  return new Command('dead-letters')
    .description('List failed tasks, or send them round again')
    .addCommand(list)
    .addCommand(requeue)
    .addHelpText('after', EXAMPLES);
}

async function listAll(options: ListOptions): Promise<void> {
  const output = outputOf(options);
  const { results, total } = await new FarmClient(findDoors(options.farm)).list(
    'dead-letters',
    options.limit,
  );
  output.document({ total, deadLetters: results });
  output.line(
    `${plural(total, 'dead letter')}${total > results.length ? `, the newest ${results.length}:` : ''}`,
  );
  for (const letter of results) {
    if (letter.status !== 'failed') continue;
    const attempts = plural(letter.failedAttempts, 'failed attempt');
    output.line(`  ${letter.task}  ${letter.type}  ${letter.kind}, ${attempts}: ${letter.reason}`);
  }
}

async function requeueSome(ids: readonly string[], options: RequeueOptions): Promise<void> {
  if ((ids.length === 0) === (options.all === undefined)) {
    throw new CommandError('Expected either task ids or --all.', EXIT.usage);
  }
  const output = outputOf(options);
  const client = new FarmClient(findDoors(options.farm));
  const chosen = options.all ? await deadIds(client) : ids;
  const requeued: string[] = [];
  const refused: { task: string; reason: string }[] = [];
  const bar = output.bar('requeueing', chosen.length);
  await forEachAtOnce(chosen, 8, async (task) => {
    try {
      await client.requeue(task);
      requeued.push(task);
    } catch (error) {
      if (!(error instanceof Refused) || ![404, 409].includes(error.status)) throw error;
      refused.push({ task, reason: error.message });
    }
    bar.add();
  });
  bar.clear();
  output.document({ requeued, refused });
  output.line(`${plural(requeued.length, 'task')} requeued.`);
  for (const { task, reason } of refused) output.line(`  ${task}: ${reason}`);
  if (refused.length > 0) process.exitCode = EXIT.tasksFailed;
}

async function deadIds(client: FarmClient): Promise<readonly string[]> {
  const { results } = await client.list('dead-letters', Number.MAX_SAFE_INTEGER);
  return results.map(({ task }) => task);
}
