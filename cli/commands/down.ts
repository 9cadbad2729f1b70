import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { CommandError } from '../exit-codes.ts';
import { isAlive, signalProcess } from '../local/process-identity.ts';
import type { ProcessIdentity } from '../local/process-identity.ts';
import { StateFolder } from '../local/state-folder.ts';
import type { FarmState } from '../local/state-folder.ts';
import { notRunning } from '../running-farm.ts';
import { FARMHAND } from '../wording.ts';
import { farmCommand, outputOf } from './common.ts';
import type { CommonOptions } from './common.ts';

interface DownOptions extends CommonOptions {
  readonly purge?: true;
}

/** Longer than all graces of the parts together. */
const STOP_SECONDS = 40;

export function downCommand(): Command {
  return farmCommand('down', 'Stop a farm of this machine: its workers finish what they have first', [
    'down',
    'down --farm second --purge',
  ])
    .option('--purge', 'also remove its tasks, Results, logs and secrets')
    .action(down);
}

async function down(options: DownOptions): Promise<void> {
  const output = outputOf(options);
  const folder = new StateFolder(options.farm);
  const state = folder.readState();
  // A farm that is still starting has not written its state yet.
  const supervisor = state?.supervisor ?? folder.owner();
  const wasRunning = supervisor !== undefined && (await stop(supervisor, state));
  folder.forgetState();
  if (options.purge) folder.remove();
  if (!wasRunning && !options.purge) throw notRunning(options.farm);
  output.document({ farm: options.farm, stopped: wasRunning, purged: options.purge === true });
  if (wasRunning) output.line(`Farm ${options.farm} has stopped.`);
  output.line(
    options.purge
      ? `Everything of ${options.farm} is removed.`
      : `Its tasks and Results are kept in ${folder.path}; ${FARMHAND} up goes on with them.`,
  );
}

/** False where nothing of it was running any more. */
async function stop(supervisor: ProcessIdentity, state: FarmState | undefined): Promise<boolean> {
  const supervised = signalProcess(supervisor, 'SIGTERM');
  // A supervisor that was killed takes everything with it; this is for what hangs all the same.
  if (!supervised) return state !== undefined && signalProcess(state.redis, 'SIGTERM');
  for (let waited = 0; waited < STOP_SECONDS; waited += 0.05) {
    if (!isAlive(supervisor)) return true;
    await delay(50);
  }
  throw new CommandError(
    `The farm has not stopped within ${STOP_SECONDS} s. See its logs, or end process ${supervisor.pid} yourself.`,
  );
}
