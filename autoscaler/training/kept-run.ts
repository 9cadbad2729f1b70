import { RunFolder } from './run-folder.ts';
import { drawTrainingCurves } from './training-curves.ts';

/** Whether a training run is kept, and where. */
export interface KeptRunOptions {
  /** A folder to keep the run in; nothing is kept without one. */
  readonly folder?: string;
  /** Goes on with the run that the folder holds; the config has to be the one in it. */
  readonly isResumed?: boolean;
  readonly signal?: AbortSignal;
}

/** The folder of a run of this kind, made or opened. @throws RunFolderRefused */
export function folderOf(
  config: { readonly kind: string },
  { folder, isResumed }: KeptRunOptions,
): RunFolder | undefined {
  if (folder === undefined) return undefined;
  return isResumed === true ? RunFolder.open(folder, config.kind).folder : RunFolder.create(folder, config);
}

/** What a run leaves when it is over. */
export function finishFolder(folder: RunFolder, policyText: string): void {
  folder.writeText('policy.json', policyText);
  folder.writeText(
    'training-curves.svg',
    drawTrainingCurves(folder.readLines('metrics.jsonl'), folder.readLines('evaluations.jsonl')),
  );
}
