import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { DISPATCH_ORDERS } from '../../shared/farm/dispatch-order.ts';
import type { DispatchOrder } from '../../shared/farm/dispatch-order.ts';
import { ruleByName } from '../../shared/policy/rule-policy.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { coreCount } from '../local/local-farm.ts';
import type { LocalFarmOptions } from '../local/local-farm.ts';
import { withLogFile } from '../local/log-file.ts';
import { StateFolder } from '../local/state-folder.ts';
import { superviseFarm } from '../local/supervisor.ts';
import type { SupervisorMessage } from '../local/supervisor.ts';
import { duration as durationOption, wholeNumber, workerRange } from '../option-values.ts';
import type { Output } from '../output.ts';
import { findRunningFarm } from '../running-farm.ts';
import type { RunningFarm } from '../running-farm.ts';
import { ensureRedisServer } from '../setup/redis-server.js';
import { FARMHAND } from '../wording.ts';
import { farmCommand, outputOf } from './common.ts';
import type { CommonOptions } from './common.ts';

interface UpOptions extends CommonOptions {
  readonly workers: { readonly min: number; readonly max: number };
  readonly order: DispatchOrder;
  readonly lease: number;
  readonly step: number;
  readonly policy?: string;
  readonly port?: number;
  readonly foreground?: true;
}

const DEFAULT_WORKERS = { min: 1, max: Math.max(2, coreCount) } as const;

export function upCommand(): Command {
  const { min, max } = DEFAULT_WORKERS;
  return farmCommand(
    'up',
    'Start a farm on this machine: a Redis of its own, emitter, workers, collector, autoscaler',
    ['up', 'up --workers 2..8 --order deadline', 'up --farm second --port 9000 --foreground'],
  )
    .addOption(
      new Option('--workers <min..max>', 'bounds of the pool')
        .argParser(workerRange)
        .default(DEFAULT_WORKERS, `${min}..${max}`),
    )
    .addOption(new Option('--order <order>', 'which task is next').choices(DISPATCH_ORDERS).default('triage'))
    .addOption(
      new Option('--lease <time>', 'how long a silent worker keeps its task')
        .argParser(durationOption)
        .default(5, '5s'),
    )
    .addOption(
      new Option('--step <time>', 'time between two scaling decisions')
        .argParser(durationOption)
        .default(2, '2s'),
    )
    .option(
      '--policy <policy>',
      'who scales: a policy file or a rule (default: staffing for short steps)',
      policy,
    )
    .option(
      '--port <port>',
      'port of the emitter; collector and autoscaler take the next two (default: any free ones)',
      wholeNumber(1, 65_533),
    )
    .option('--foreground', 'stay until Ctrl-C instead of going on in the background')
    .action(up);
}

/** A rule by its name, or the path of a file that is there: the autoscaler runs in another folder. */
function policy(text: string): string {
  if (ruleByName(text) !== undefined) return text;
  const path = resolve(text);
  if (existsSync(path)) return path;
  throw new InvalidArgumentError(
    `Expected staffing, static:N or another rule, or a policy file; got ${text}.`,
  );
}

async function up(options: UpOptions): Promise<void> {
  const output = outputOf(options);
  const already = findRunningFarm(options.farm);
  if (already !== undefined) throw alreadyRunning(already);
  const farmOptions: LocalFarmOptions = {
    redisServer: await ensureRedisServer(),
    workers: options.workers,
    order: options.order,
    leaseSeconds: options.lease,
    stepSeconds: options.step,
    ...(options.policy === undefined ? {} : { policy: options.policy }),
    ...(options.port === undefined ? {} : { port: options.port }),
  };
  const folder = new StateFolder(options.farm);
  folder.makeFolders();
  if (options.foreground) {
    await superviseFarm(folder, farmOptions, () => {
      describe(options.farm, output);
      output.line('Ctrl-C stops it.');
    });
    return;
  }
  await startInBackground(folder, farmOptions);
  describe(options.farm, output);
  output.line(`Stop it: ${FARMHAND} down${options.farm === 'farm' ? '' : ` --farm ${options.farm}`}`);
}

function alreadyRunning({ state }: RunningFarm): CommandError {
  const name = state.farm === 'farm' ? '' : ` --farm ${state.farm}`;
  return new CommandError(
    `The farm ${state.farm} is running already (process ${state.supervisor.pid}, emitter ${state.urls.emitter ?? '?'}). ` +
      `Stop it: ${FARMHAND} down${name}; or start another: ${FARMHAND} up --farm <name>.`,
    EXIT.alreadyRunning,
  );
}

async function startInBackground(folder: StateFolder, options: LocalFarmOptions): Promise<void> {
  const supervisor = withLogFile(folder.log('supervisor'), (log) =>
    spawn(
      process.execPath,
      [join(import.meta.dirname, '..', 'local', 'supervisor.ts'), folder.farm, JSON.stringify(options)],
      { detached: true, stdio: ['ignore', log, log, 'ipc'] },
    ),
  );
  // Ctrl-C while it starts: it would go on in the background, unasked.
  const interrupt = new AbortController();
  const stop = (): void => {
    interrupt.abort();
    supervisor.kill('SIGTERM');
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.once(signal, stop);
  const message = await firstWord(supervisor, folder);
  for (const signal of signals) process.off(signal, stop);
  supervisor.unref();
  if (interrupt.signal.aborted)
    throw new CommandError('Interrupted; what has started is being stopped.', EXIT.interrupted);
  if (message.type === 'failed') throw new CommandError(message.message);
}

async function firstWord(supervisor: ChildProcess, folder: StateFolder): Promise<SupervisorMessage> {
  return new Promise((resolve) => {
    supervisor.once('message', (message) => {
      resolve(message as SupervisorMessage);
    });
    supervisor.once('exit', () => {
      resolve({ type: 'failed', message: `The farm ended at its start; see ${folder.log('supervisor')}` });
    });
  });
}

function describe(farm: string, output: Output): void {
  const running = findRunningFarm(farm);
  if (running === undefined) throw new CommandError('The farm ended right after its start.');
  const { state, folder } = running;
  const { tokenFile } = folder;
  output.document({ ...state, folder: folder.path, tokenFile });
  output.line(`Farm ${farm} is running with ${state.workers.min} to ${state.workers.max} workers.`);
  output.line(`  emitter     ${state.urls.emitter ?? ''}`);
  output.line(`  collector   ${state.urls.collector ?? ''}`);
  output.line(`  autoscaler  ${state.urls.autoscaler ?? ''}`);
  output.line(`  token       ${tokenFile}`);
  output.line(`  logs        ${folder.logs}`);
}
