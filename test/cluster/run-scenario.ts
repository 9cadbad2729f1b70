import { Skipped } from './scenario.ts';
import type { Scenario } from './scenario.ts';
import { removeNamespace, Scene } from './scene.ts';
import type { TestCluster } from './test-cluster.ts';

export interface Outcome {
  readonly name: string;
  readonly kind: 'passed' | 'failed' | 'skipped';
  readonly seconds: number;
}

export interface ScenarioRun {
  /** Name of its file, from which its namespace is called. */
  readonly file: string;
  readonly scenario: Scenario;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

const LIMIT_SECONDS = 300;
/** What one sees of a pod that has failed. */
const LOG_LINES = 15;

/** Runs one scenario on a farm of its own, and shows what there is to be seen where it fails. */
export async function runScenario(cluster: TestCluster, run: ScenarioRun): Promise<Outcome> {
  const { scenario, file, say } = run;
  const { name } = scenario;
  const namespace = `test-${file}`;
  const startedAt = performance.now();
  const outcome = (kind: Outcome['kind']): Outcome => ({
    name,
    kind,
    seconds: (performance.now() - startedAt) / 1000,
  });
  console.log(`\n── ${name}`);
  const limitSeconds = scenario.limitSeconds ?? LIMIT_SECONDS;
  const limit = AbortSignal.timeout(limitSeconds * 1000);
  try {
    await play(cluster, run, { namespace, signal: AbortSignal.any([run.signal, limit]) });
    return outcome('passed');
  } catch (error) {
    if (error instanceof Skipped) {
      say(`skipped: ${error.message}`);
      return outcome('skipped');
    }
    run.signal.throwIfAborted();
    console.log(limit.aborted ? `FAILED: not over within ${limitSeconds} s` : 'FAILED');
    console.log(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return outcome('failed');
  }
}

async function play(
  cluster: TestCluster,
  { scenario, say, signal: interrupt }: ScenarioRun,
  { namespace, signal }: { namespace: string; signal: AbortSignal },
): Promise<void> {
  await cluster.kubectl.run(['delete', 'namespace', namespace, '--ignore-not-found']);
  let scene: Scene | undefined;
  try {
    scene = await Scene.open({ cluster, namespace, signal, say }, scenario.farm ?? {});
    await Promise.race([scenario.run(scene), rejectionOf(signal)]);
  } catch (error) {
    if (!(error instanceof Skipped || interrupt.aborted))
      await showPods(cluster, namespace).catch(() => undefined);
    throw error;
  } finally {
    await (scene?.close() ?? removeNamespace(cluster, namespace));
  }
}

/** A scenario that has hung does not hang the run. */
function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    });
  });
}

async function showPods({ kubectl }: TestCluster, namespace: string): Promise<void> {
  const show = async (...parameters: string[]): Promise<void> => {
    console.log(await kubectl.run(['--namespace', namespace, ...parameters]).catch(String));
  };
  await show('get', 'pods', '-o', 'wide');
  await show('get', 'events', '--field-selector', 'type=Warning', '--sort-by', '.lastTimestamp');
  const names = (await kubectl.run(['--namespace', namespace, 'get', 'pods', '-o', 'name']))
    .trim()
    .split('\n');
  for (const name of names.filter(Boolean)) {
    console.log(`── ${name}`);
    await show('logs', `--tail=${LOG_LINES}`, name);
  }
}
