import type { OutputBlob, Result } from '../shared/farm/result.ts';
import type { Pending } from '../shared/io/redis/result-store.ts';

/** Where an output is served. Names come from task types, which are code of the farm; they are escaped all the same. */
export function outputPath(taskId: string, name: string): string {
  return `/results/${taskId}/${encodeURIComponent(name)}`;
}

/** A Result as JSON: with links to its outputs, without their refs in the blob store. */
export function resultView(result: Result): object {
  const { taskId, ...rest } = result;
  if (rest.status === 'failed') return { task: taskId, ...rest };
  const { outputs, summary, ...times } = rest;
  return { task: taskId, ...times, summary, outputs: outputViews(taskId, outputs) };
}

/** A summary whose JSON is longer than that is left out of lists. */
const LONGEST_LISTED_CHARACTERS = 200;

/** A line of a list: the Result without what is long. */
export function resultLine(result: Result): object {
  const { taskId, ...rest } = result;
  const link = { result: `/results/${taskId}` };
  if (rest.status === 'failed') return { task: taskId, ...rest, ...link };
  const { outputs, summary, ...facts } = rest;
  const isShort = JSON.stringify(summary).length <= LONGEST_LISTED_CHARACTERS;
  return { task: taskId, ...facts, ...(isShort ? { summary } : {}), outputs: Object.keys(outputs), ...link };
}

/** A task that has no Result yet, or none at all because it was cancelled. */
export function pendingView({ taskId, ...rest }: Pending): object {
  return { task: taskId, ...rest };
}

function outputViews(taskId: string, outputs: Readonly<Record<string, OutputBlob>>): object {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { contentType, bytes }]) => [
      name,
      { href: outputPath(taskId, name), contentType, bytes },
    ]),
  );
}
