import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { heldTotal } from '../../shared/farm/counters.ts';
import { Control } from '../../shared/io/redis/control.ts';
import { LoadLedger } from '../../shared/io/redis/load-record.ts';
import { untilAborted } from '../../shared/io/until-aborted.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { FarmClient } from '../farm-client.ts';
import { LocalFarm, coreCount } from '../local/local-farm.ts';
import { StateFolder, farmsFolder } from '../local/state-folder.ts';
import type { Output } from '../output.ts';
import { saveOutputs } from '../output-files.ts';
import { ensureRedisServer } from '../setup/redis-server.js';
import { forEachAtOnce } from '../work-list.ts';
import { DEMO_LOAD, DEMO_STEP_SECONDS, DEMO_WORKERS, IMAGE_DEADLINE_SECONDS } from './demo-load.ts';
import { LiveView } from './live-view.ts';
import { makeSampleFolder } from './sample-folder.ts';
import type { SampleFile } from './sample-folder.ts';
import { isSound, readSummary, summaryDocument, summaryLines } from './summary.ts';
import type { Summary } from './summary.ts';

/** Submissions under way at once; the farm queues what its workers do not do yet. */
const SUBMITTED_AT_ONCE = 8;
/** How often the view looks at the farm. */
const LOOK_MS = 250;

/**
 * The whole farm on this machine in about 40 s: real pictures with deadlines, then a load that makes the pool grow
 * and shrink. Leaves nothing running, however it ends.
 *
 * @returns whether every task is accounted for
 */
export async function runDemo(output: Output, keep: boolean): Promise<boolean> {
  // Before there is anything to put away: it may ask, and be told no.
  const redisServer = await ensureRedisServer();
  const interrupt = new AbortController();
  const onSignal = (): void => {
    // The second time it is meant: the parts of the farm end with this process, only less orderly.
    if (interrupt.signal.aborted) process.exit(EXIT.interrupted);
    interrupt.abort(
      new CommandError('Interrupted; everything that was started has been stopped.', EXIT.interrupted),
    );
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  const folder = new StateFolder('demo', mkdtempSync(join(tmpdir(), 'farmhand-demo-')));
  const view = new LiveView(output);
  try {
    const summary = await runIn(folder, { redisServer, view, signal: interrupt.signal });
    view.end();
    for (const line of summaryLines(summary)) output.line(line);
    output.document(summaryDocument(summary));
    if (keep) output.line(`  kept     ${folder.path}`);
    else folder.remove();
    return isSound(summary);
  } catch (error) {
    view.end();
    if (interrupt.signal.aborted) rmSync(folder.path, { recursive: true, force: true });
    else output.note(`the logs are kept in ${folder.logs}`);
    throw error;
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
  }
}

interface Stage {
  readonly redisServer: string;
  readonly view: LiveView;
  readonly signal: AbortSignal;
}

async function runIn(folder: StateFolder, stage: Stage): Promise<Summary> {
  mkdirSync(farmsFolder(), { recursive: true });
  // Under a name of its own while it is made: another demo may run beside this one.
  const workFolder = mkdtempSync(join(farmsFolder(), 'demo-outputs-'));
  try {
    return await showFarm(folder, workFolder, stage);
  } catch (error) {
    rmSync(workFolder, { recursive: true, force: true, maxRetries: 5 });
    throw error;
  }
}

async function showFarm(
  folder: StateFolder,
  workFolder: string,
  { redisServer, view, signal }: Stage,
): Promise<Summary> {
  const startedMs = performance.now();
  view.say('starting a farm (Redis, emitter, collector, workers) and making sample pictures');
  const making = makeSampleFolder(join(workFolder, 'inputs'));
  // Looked at when the farm is there; until then nobody listens.
  making.catch(() => undefined);
  const farm = await LocalFarm.start(
    folder,
    { redisServer, workers: DEMO_WORKERS, order: 'triage', leaseSeconds: 5, stepSeconds: DEMO_STEP_SECONDS },
    coreCount,
  );
  try {
    signal.throwIfAborted();
    await runImages(farm, making, { folder: workFolder, view, signal });
    signal.throwIfAborted();
    await untilAborted(runLoad(farm, view, signal), signal);
    const seconds = (performance.now() - startedMs) / 1000;
    const outputFolder = publish(workFolder);
    return await untilAborted(
      readSummary(farm.store, { seconds, outputFolder, initialWorkers: coreCount }),
      signal,
    );
  } finally {
    view.say('stopping');
    await farm.stop();
  }
}

/** Puts the outputs where the last demo's were. Where another demo does so at this very moment, they stay apart. */
function publish(workFolder: string): string {
  const outputFolder = join(farmsFolder(), 'demo-outputs');
  rmSync(outputFolder, { recursive: true, force: true });
  try {
    renameSync(workFolder, outputFolder);
    return outputFolder;
  } catch {
    return workFolder;
  }
}

/** As many image workers as cores, which is what the pool holds until the autoscaler starts. */
async function runImages(
  farm: LocalFarm,
  making: Promise<readonly SampleFile[]>,
  {
    folder,
    view,
    signal,
  }: { readonly folder: string; readonly view: LiveView; readonly signal: AbortSignal },
): Promise<void> {
  const client = clientOf(farm, signal);
  const pictures = await untilAborted(making, signal);
  view.say(`submitting ${pictures.length} pictures, each with ${IMAGE_DEADLINE_SECONDS} s`);
  let finished = 0;
  await forEachAtOnce(pictures, SUBMITTED_AT_ONCE, async ({ name, bytes }) => {
    const parameters = new URLSearchParams({ deadline: `${IMAGE_DEADLINE_SECONDS}s` });
    const { task } = await client.submit(bytes, parameters, name);
    const result = await client.waitForResult(task);
    await saveOutputs(client, result, { folder: join(folder, 'outputs'), name });
    finished += 1;
    view.images(finished, pictures.length);
  });
}

/** Starts the autoscaler, then the load, and looks on until the last task is collected. */
async function runLoad(farm: LocalFarm, view: LiveView, signal: AbortSignal): Promise<void> {
  const client = clientOf(farm, signal);
  view.say('starting the autoscaler, and a load of calibrated tasks that rises and falls');
  await farm.startAutoscaler();
  await client.load('POST', DEMO_LOAD);
  const control = new Control(farm.store);
  const ledger = new LoadLedger(farm.store);
  for (;;) {
    const [snapshot, load] = await Promise.all([control.observe(10), ledger.read()]);
    view.farm(snapshot, { emitted: load?.emitted ?? 0, total: load?.total ?? 0, pool: farm.pool.size });
    if (load?.state !== 'running' && heldTotal(snapshot.held) === 0) return;
    await delay(LOOK_MS, undefined, { signal });
  }
}

function clientOf(farm: LocalFarm, signal: AbortSignal): FarmClient {
  const doors = { emitter: farm.url('emitter'), collector: farm.url('collector'), token: farm.token };
  return new FarmClient(doors, () => undefined, signal);
}
