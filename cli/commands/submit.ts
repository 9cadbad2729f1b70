import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { Option } from 'commander';
import { CommandError, EXIT } from '../exit-codes.ts';
import { FarmClient, Refused } from '../farm-client.ts';
import type { ShownResult } from '../farm-client.ts';
import { inputFiles } from '../input-files.ts';
import type { InputFile } from '../input-files.ts';
import { duration as durationOption, wholeNumber } from '../option-values.ts';
import { checkOutputFolder, saveOutputs } from '../output-files.ts';
import type { Output } from '../output.ts';
import { findDoors } from '../running-farm.ts';
import { forEachAtOnce } from '../work-list.ts';
import { duration, FARMHAND, plural, shortened } from '../wording.ts';
import { farmCommand, outputOf } from './common.ts';
import type { CommonOptions } from './common.ts';

/** Of an answer, behind the name of its file. */
const SHOWN_CHARACTERS = 100;

interface SubmitOptions extends CommonOptions {
  readonly deadline?: number;
  readonly stages?: string;
  readonly type: string;
  readonly option?: readonly string[];
  readonly wait?: true;
  readonly out?: string;
  readonly atOnce: number;
}

/** What became of one file. */
interface Entry {
  readonly file: string;
  task?: string;
  refused?: string;
  result?: ShownResult;
  outputs?: readonly string[];
}

export function submitCommand(): Command {
  return farmCommand('submit', 'Submit files, or the pictures in folders, as tasks', [
    'submit photo.jpg --deadline 5s --wait',
    'submit holiday/ --deadline 30s --stages thumbnail,metadata --out thumbnails/',
    'submit photo.png --option compression.format=webp --option compression.quality=70 --out .',
  ])
    .argument('<paths...>', 'files and folders')
    .addOption(
      new Option(
        '--deadline <time>',
        'from submission to Result, such as 5s, at most 24h (default: by the expected service time)',
      ).argParser(durationOption),
    )
    .option('--stages <list>', 'of thumbnail,compression,metadata,conversion (default: all)')
    .option('--type <type>', 'task type: a file of worker/tasks', 'image')
    .option('--option <name=value>', 'an option of the task type; may be repeated', collect)
    .option('--wait', 'wait for the Results, and show them')
    .option('--out <folder>', 'write the outputs there; waits for them')
    .option('--at-once <count>', 'submissions under way at once', wholeNumber(1, 64), 8)
    .action(submit);
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

async function submit(paths: readonly string[], options: SubmitOptions): Promise<void> {
  const output = outputOf(options);
  if (options.out !== undefined) checkOutputFolder(options.out);
  const files = inputFiles(paths, options.type);
  const bar = output.bar('submitting', files.length);
  const client = new FarmClient(findDoors(options.farm), (reason) => {
    bar.add(0, reason);
  });
  const parameters = taskParameters(options);
  const entries: Entry[] = [];
  const startedMs = performance.now();
  await forEachAtOnce(files, options.atOnce, async ({ path }, index) => {
    const entry: Entry = { file: path };
    entries[index] = entry;
    try {
      entry.task = (await client.submit(await readFile(path), parameters, randomUUID())).task;
    } catch (error) {
      // A refusal is about this file; a wrong token is about all of them.
      if (!(error instanceof Refused) || error.isAboutToken) throw error;
      entry.refused = error.message;
    }
    bar.add(1, '');
  });
  bar.clear();
  if (options.wait || options.out !== undefined)
    await waitForAll(client, { files, entries, options }, output);
  report(entries, (performance.now() - startedMs) / 1000, output);
}

function taskParameters(options: SubmitOptions): URLSearchParams {
  const parameters = new URLSearchParams({ type: options.type });
  if (options.deadline !== undefined) parameters.set('deadline', `${options.deadline}s`);
  if (options.stages !== undefined) parameters.set('stages', options.stages);
  for (const each of options.option ?? []) {
    const at = each.indexOf('=');
    if (at < 1) throw new CommandError(`Expected --option <name=value>, got ${each}.`, EXIT.usage);
    parameters.set(each.slice(0, at), each.slice(at + 1));
  }
  return parameters;
}

interface Batch {
  readonly files: readonly InputFile[];
  readonly entries: readonly Entry[];
  readonly options: SubmitOptions;
}

async function waitForAll(
  client: FarmClient,
  { files, entries, options }: Batch,
  output: Output,
): Promise<void> {
  const bar = output.bar('results   ', entries.length);
  await forEachAtOnce(entries, 16, async (entry, index) => {
    if (entry.task !== undefined) {
      entry.result = await client.waitForResult(entry.task);
      const name = files[index]?.name ?? entry.task;
      if (options.out !== undefined) {
        entry.outputs = await saveOutputs(client, entry.result, { folder: options.out, name });
      }
    }
    bar.add(1);
  });
  bar.clear();
}

function report(entries: readonly Entry[], seconds: number, output: Output): void {
  const results = entries.flatMap(({ result }) => (result === undefined ? [] : [result]));
  const refused = entries.filter((entry) => entry.refused !== undefined);
  const failed = results.filter(({ status }) => status === 'failed');
  output.document({
    submitted: entries.length - refused.length,
    refused: refused.length,
    done: results.length - failed.length,
    failed: failed.length,
    metDeadline: results.filter(({ metDeadline }) => metDeadline).length,
    seconds,
    tasks: entries,
  });
  for (const entry of entries) output.line(entryText(entry));
  const waited = results.length === 0 ? '' : ` ${resultsText(results)}`;
  output.line(
    `${plural(entries.length - refused.length, 'task')} submitted in ${duration(seconds)}.${waited}`,
  );
  const isCut = ({ result, outputs }: Entry): boolean =>
    result !== undefined && outputs === undefined && summaryText(result).length > SHOWN_CHARACTERS;
  if (entries.some(isCut)) output.line(`A whole answer: ${FARMHAND} results <task>`);
  if (refused.length + failed.length > 0) process.exitCode = EXIT.tasksFailed;
}

function entryText({ file, task, refused, result, outputs }: Entry): string {
  if (refused !== undefined) return `${file}: refused: ${refused}`;
  if (result === undefined) return `${file}: ${task ?? ''}`;
  const inTime = result.metDeadline ? 'in time' : 'late';
  const what = result.status === 'done' ? `done ${inTime}` : `failed: ${result.reason}`;
  const files = outputs === undefined ? '' : `, ${plural(outputs.length, 'file')}`;
  // Beside the outputs lies result.json, with all of it.
  const summary = outputs === undefined ? shortened(summaryText(result), SHOWN_CHARACTERS) : '';
  return `${file}: ${what}, ${duration(result.responseSeconds)}${files}, task ${result.task}  ${summary}`.trimEnd();
}

function summaryText(result: ShownResult): string {
  return result.status === 'done' ? JSON.stringify(result.summary ?? {}) : '';
}

function resultsText(results: readonly ShownResult[]): string {
  const done = results.filter(({ status }) => status === 'done').length;
  const met = results.filter(({ metDeadline }) => metDeadline).length;
  return `${done} done, ${results.length - done} failed; ${met} in time.`;
}
