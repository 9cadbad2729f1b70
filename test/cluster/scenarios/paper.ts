import { median } from '../../bench/statistics.ts';
import { Decisions } from '../decisions.ts';
import { measureHandOver, playPaper, simulatePaper } from '../paper-run.ts';
import type { PaperRow } from '../paper-run.ts';
import type { Scenario } from '../scenario.ts';
import { StartDelays } from '../start-delays.ts';

const WORKERS = 12;
/** How far the cluster may be from the simulator, on a machine that has nothing else to do. */
const QOS_POINTS = 2;
const MEAN_WORKERS = 0.5;

export const scenario: Scenario = {
  name: 'the published load by the shipped policy, and by a fixed pool, comes out as it does in the simulator',
  isLong: true,
  limitSeconds: 1200,
  farm: { workers: WORKERS, autoscaler: true },
  async run(scene) {
    const decisions = new Decisions(scene);
    await scene.kubectl('scale', 'deployment', 'autoscaler', '--replicas=0');
    await scene.ready();
    const handOverSeconds = await measureHandOver(scene);
    const pool = await playPaper(scene, decisions, `fixed pool of ${String(WORKERS)}, cluster`);

    const delays = new StartDelays(scene);
    // Until the load begins the pool stays as it is.
    await decisions.setPaused(true);
    await scene.scale('autoscaler', 1);
    const before = (await decisions.all()).length;
    const shipped = await playPaper(scene, decisions, 'shipped policy, cluster');
    delays.stop();
    const startDelays = delays.after((await decisions.all()).slice(before));
    const times = { handOverSeconds, startDelaySeconds: median(startDelays) };
    scene.say(
      `hand-over ${(1000 * handOverSeconds).toFixed(0)} ms; decision to registered worker ` +
        `${startDelays.map((each) => each.toFixed(1)).join(', ')} s, median ${times.startDelaySeconds.toFixed(1)} s`,
    );
    const rows = [pool, simulatePaper('fixed', times), shipped, simulatePaper('shipped', times)] as const;
    for (const { who, qosPercent, meanWorkers } of rows) {
      scene.say(`${who}: QoS ${qosPercent.toFixed(1)} %, mean workers ${meanWorkers.toFixed(2)}`);
    }
    await scene.accountedFor();
    expectAlike(rows[0], rows[1]);
    expectAlike(rows[2], rows[3]);
  },
};

function expectAlike(live: PaperRow, simulated: PaperRow): void {
  const qosApart = Math.abs(live.qosPercent - simulated.qosPercent);
  const workersApart = Math.abs(live.meanWorkers - simulated.meanWorkers);
  if (qosApart <= QOS_POINTS && workersApart <= MEAN_WORKERS) return;
  throw new Error(
    `Expected cluster and simulator within 2 points and 0.5 workers: ${JSON.stringify({ live, simulated })}`,
  );
}
