// Runs a farm until it is told to stop: started in the background by `farmhand up`.
//   node cli/local/supervisor.ts <farm> <options as JSON>
import { CommandError } from '../exit-codes.ts';
import { LocalFarm } from './local-farm.ts';
import type { LocalFarmOptions } from './local-farm.ts';
import { StateFolder } from './state-folder.ts';

/** What the supervisor tells the command that started it. */
export type SupervisorMessage =
  { readonly type: 'ready' } | { readonly type: 'failed'; readonly message: string };

/** Runs a farm in this process; resolves when it has stopped. */
export async function superviseFarm(
  folder: StateFolder,
  options: LocalFarmOptions,
  onReady: () => void,
): Promise<void> {
  const stopAsked = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
      process.once(signal, () => {
        resolve();
      });
  });
  folder.makeFolders();
  if (!folder.take()) throw new CommandError(`The farm ${folder.farm} is being started already.`);
  try {
    await runFarm(folder, options, { onReady, stopAsked });
  } finally {
    folder.giveBack();
  }
}

async function runFarm(
  folder: StateFolder,
  options: LocalFarmOptions,
  { onReady, stopAsked }: { readonly onReady: () => void; readonly stopAsked: Promise<void> },
): Promise<void> {
  const farm = await LocalFarm.start(folder, options);
  try {
    await farm.startAutoscaler();
    farm.publish();
    onReady();
    await stopAsked;
  } finally {
    await farm.stop();
    folder.forgetState();
  }
}

async function main(farm: string, optionsText: string): Promise<void> {
  const tell = (message: SupervisorMessage): void => {
    process.send?.(message, () => {
      process.disconnect();
    });
  };
  try {
    await superviseFarm(new StateFolder(farm), JSON.parse(optionsText) as LocalFarmOptions, () => {
      tell({ type: 'ready' });
    });
  } catch (error) {
    console.error(error);
    tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
    process.exitCode = 1;
  }
}

if (import.meta.main) await main(process.argv[2] ?? '', process.argv[3] ?? '{}');
